#include "core/task/json_text.h"

#include <gtest/gtest.h>

#include "core/task/text.h"

namespace pawl {
namespace {

std::string_view found(std::string_view text, const std::vector<std::string>& pointer) {
  const auto offset = locate_json(text, pointer);
  return offset ? text.substr(*offset, 3) : "";
}

TEST(JsonText, LocatesValues) {
  const std::string_view text =
      R"( {"a": [1, {"b": "x,]}"}, [ ] , 33], "c\"\u0041": true, "a": {"d":[[[444]],555 ]},"e":null})";
  EXPECT_EQ(found(text, {}), "{\"a");
  EXPECT_EQ(found(text, {"a", "d", "1"}), "555");  // the last of two "a"
  EXPECT_EQ(found(text, {"a", "d", "0", "0", "0"}), "444");
  EXPECT_EQ(found(text, {"c\"A"}), "tru");
  EXPECT_EQ(found(text, {"e"}), "nul");
  EXPECT_EQ(found(text, {"z"}), "");
  EXPECT_EQ(found(text, {"a", "d", "2"}), "");
  EXPECT_EQ(found(text, {"e", "0"}), "");
  EXPECT_EQ(found(R"([ "a" , "bc" ])", {"1"}), "\"bc");
  EXPECT_EQ(found("[]", {"0"}), "");
  EXPECT_EQ(found("{}", {"0"}), "");
}

TEST(JsonText, FindsTheFirstError) {
  const auto offset_of = [](std::string_view text) { return find_json_error(text)->offset; };
  EXPECT_EQ(offset_of("{\"a\": 1,}"), 8u);
  EXPECT_EQ(offset_of("{\"a\" 1}"), 5u);
  EXPECT_EQ(offset_of("[1 2]"), 3u);
  EXPECT_EQ(offset_of("{} x"), 3u);
  EXPECT_EQ(offset_of(std::string_view("{}\0", 3)), 2u);
  EXPECT_EQ(offset_of("[\"\xFF\"]"), 2u);
  EXPECT_EQ(offset_of(" "), 0u);
  EXPECT_EQ(find_json_error("")->text, "the file is empty");
  EXPECT_FALSE(find_json_error("[1e5, 123456789012345678901234567890]"));
}

TEST(JsonText, NestingHasALimit) {
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_FALSE(find_json_error(deep));
  EXPECT_EQ(find_json_error("[" + deep + "]")->offset, 200u);
  EXPECT_EQ(find_json_error(std::string(5'000'000, '['))->offset, 200u);
  EXPECT_FALSE(find_too_deep("\"" + std::string(300, '[') + "\""));
}

TEST(Text, CountsLinesAndColumns) {
  const std::string_view text = "a\nbc\r\nd\re";
  EXPECT_EQ(position_of(text, 0), (TextPosition{1, 1}));
  EXPECT_EQ(position_of(text, 1), (TextPosition{1, 2}));
  EXPECT_EQ(position_of(text, 3), (TextPosition{2, 2}));
  EXPECT_EQ(position_of(text, 6), (TextPosition{3, 1}));
  EXPECT_EQ(position_of(text, 8), (TextPosition{4, 1}));
  EXPECT_EQ(position_of(text, 99), (TextPosition{4, 2}));
}

TEST(Text, FindsWhatIsNotUtf8) {
  EXPECT_FALSE(find_invalid_utf8("aé€😀"));
  for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82"}) {
    EXPECT_EQ(find_invalid_utf8(std::string("é") + bad), 2u);
  }
}

}  // namespace
}  // namespace pawl
