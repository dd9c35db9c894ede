// bench_report RESULTS PARTS MACHINE FOLDER: writes FOLDER/report.md and FOLDER/report.html from
// what the scenarios (RESULTS, JSON lines), Google Benchmark (PARTS, its JSON) and
// benchmarks/run.sh (MACHINE, lines "key: value") have left, and prints the table of targets. Ends
// with 0, whatever was met.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "benchmarks/report/page.h"

namespace {

bool write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  if (!file) std::fprintf(stderr, "cannot write %s\n", path.c_str());
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s RESULTS PARTS MACHINE FOLDER\n", argv[0]);
    return 2;
  }
  const report::Results results = report::read_results(argv[1], argv[2], argv[3]);
  const std::filesystem::path folder = argv[4];
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string markdown = report::markdown_page(results);
  std::fputs(markdown.substr(0, markdown.find("## All that was measured")).c_str(), stdout);
  return write(folder / "report.md", markdown) &&
                 write(folder / "report.html", report::html_page(results))
             ? 0
             : 1;
}
