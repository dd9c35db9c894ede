#include "sync/yaml_documents.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

namespace pawl {
namespace {

// Remembers where the last document began.
class Places : public YAML::EventHandler {
 public:
  int begin() const { return begin_; }

  void OnDocumentStart(const YAML::Mark& mark) override { begin_ = mark.pos; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int begin_ = -1;
};

}  // namespace

YamlDocuments count_documents(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Places places;
  if (!parser.HandleNextDocument(places)) return YamlDocuments::kAtMostOne;
  const int first = places.begin();
  if (!parser.HandleNextDocument(places)) return YamlDocuments::kAtMostOne;
  return places.begin() == first ? YamlDocuments::kEndless : YamlDocuments::kSeveral;
}

}  // namespace pawl
