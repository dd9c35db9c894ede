#include "backends/script/script_checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "backends/script/examine.h"

namespace pawl {
namespace {

class Scripts : public testing::Test {
 protected:
  void SetUp() override {
    if (!checker->checks()) GTEST_SKIP() << "this build has no JavaScript engine";
  }

  std::string error(std::string_view script) {
    const auto diagnostic = checker->check(script, "m.js");
    return diagnostic ? diagnostic->format() : "";
  }

  // Where it is wrong: the wording is the engine's.
  std::string place(std::string_view script) {
    const std::string text = error(script);
    return text.substr(0, text.find(": error"));
  }

  std::unique_ptr<ScriptChecker> checker = make_script_checker();
};

TEST_F(Scripts, ModulesAndClassicScriptsPass) {
  for (const char* script :
       {"", "var a = 1;", "import x from 'y';\nexport default x", "await f()", "import('x')",
        "import.meta.url", "with (a) { b }", "#!/usr/bin/env node\nrun()", "\xEF\xBB\xBFlet x",
        "module.exports = async () => { for await (const x of y) {} }", "let é = 'ü'",
        "// only a comment", "x ||= a?.b; class A { #p = 1; static { } }"}) {
    EXPECT_EQ(error(script), "") << script;
  }
}

TEST_F(Scripts, ErrorsHaveLineAndColumn) {
  EXPECT_EQ(place("var a = ;"), "m.js:1:9");
  EXPECT_EQ(place("\n\n  foo bar baz"), "m.js:3:7");
  EXPECT_EQ(place("let x\nlet x"), "m.js:2:5");
  EXPECT_EQ(place("x = {\n a: 1,\n b 2\n}"), "m.js:3:4");
  EXPECT_EQ(place("var é = ;"), "m.js:1:10");  // in bytes
  EXPECT_EQ(place("1;\r\n2;\r\n3 3;"), "m.js:3:3");
  EXPECT_EQ(place("a\n/*\n\n*/ )"), "m.js:4:4");
  EXPECT_EQ(place("x = 'a' + 'abc\ny"), "m.js:1:11");
  EXPECT_EQ(place("if (a) {\n  b();\n"), "m.js:3:1");
  EXPECT_EQ(place("const x: number = 1"), "m.js:1:8");
}

TEST_F(Scripts, TheFormThatGotFurtherIsReported) {
  EXPECT_EQ(place("import x from 'y'\nvar z = }"), "m.js:2:9");
  EXPECT_EQ(place("export function run() {\n  return 1;\n}\n}\n"), "m.js:4:1");
  EXPECT_EQ(place("await f();\n  }"), "m.js:2:3");
  EXPECT_EQ(place("with (a) { b }\n  }"), "m.js:2:3");
  EXPECT_EQ(place("const a = require('b');\nconst c = await d(;"), "m.js:2:19");
}

TEST_F(Scripts, BytesThatAreNoTextAreReported) {
  EXPECT_EQ(error("let a = '\xFF'"), "m.js:1:10: error: this is not UTF-8");
  EXPECT_EQ(error("let a\nlet \xC3"), "m.js:2:5: error: this is not UTF-8");
  EXPECT_EQ(place(std::string_view("a = 1\n\0 }", 9)), "m.js:2:1");
  EXPECT_EQ(error(std::string_view("'a\0b'", 5)), "");
}

TEST_F(Scripts, NestingWithoutEndIsAnErrorAndNoCrash) {
  EXPECT_NE(error(std::string(1'000'000, '(')), "");
  EXPECT_NE(error(std::string(1'000'000, '[')), "");
}

TEST_F(Scripts, AnErrorInAHugeLineIsFoundAllTheSame) {
  std::string script;
  for (int i = 0; i < 20'000; ++i) script += "f(1); ";
  EXPECT_EQ(place(script + "a b"), "m.js:1:" + std::to_string(script.size() + 3));
  while (script.size() < (std::size_t{2} << 20)) script += "f(1); ";
  EXPECT_EQ(place(script + "a b"), "m.js:1");
}

TEST_F(Scripts, ACheckerThatHasLetGoChecksOn) {
  EXPECT_EQ(error("var a = 1;"), "");
  EXPECT_FALSE(checker->let_go()) << "one short script is nothing";
  EXPECT_EQ(error("var a = '" + std::string(std::size_t{2} << 20, 'a') + "';"), "");
  EXPECT_TRUE(checker->let_go());
  EXPECT_FALSE(checker->let_go());
  EXPECT_EQ(error("var a = 1;"), "");
  EXPECT_EQ(place("var a = ;"), "m.js:1:9");
}

TEST_F(Scripts, CheckersWorkOnSeveralThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& count : wrong) {
    threads.emplace_back([&count] {
      const auto own = make_script_checker();
      for (int i = 0; i < 1500; ++i) {
        if (own->check("export const a = " + std::to_string(i), "m.js")) ++count;
        if (!own->check("export const a = ;", "m.js")) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

// The rest is the same with every engine, so a parser of two words will do.
ParseError parse_words(std::string_view script, ScriptGoal goal) {
  const std::string_view bad = goal == ScriptGoal::kModule ? "badmodule" : "badscript";
  const std::size_t at = script.find(bad);
  if (at == script.npos) return {};
  const auto line = std::count(script.begin(), script.begin() + static_cast<long>(at), '\n');
  return {static_cast<std::uint32_t>(line + 1), "unexpected '" + std::string(bad) + "'"};
}

TEST(Examine, PassesWhatOneGoalAccepts) {
  EXPECT_FALSE(examine_script("badscript", "m", parse_words));
  EXPECT_FALSE(examine_script("badmodule", "m", parse_words));
  EXPECT_FALSE(examine_script("export badscript", "m", parse_words));
}

TEST(Examine, OfTwoErrorsTakesTheFurther) {
  const auto told = [](std::string_view script) {
    return examine_script(script, "m", parse_words)->format();
  };
  EXPECT_EQ(told("x badscript badmodule"), "m:1:13: error: unexpected 'badmodule'");
  EXPECT_EQ(told("x badmodule badscript"), "m:1:13: error: unexpected 'badscript'");
  EXPECT_EQ(told("badscript;\n badmodule"), "m:2:2: error: unexpected 'badmodule'");
  EXPECT_EQ(told("export badmodule;\n badscript"), "m:2:2: error: unexpected 'badscript'");
}

TEST(Examine, OfTwoErrorsInOnePlaceTakesThatOfTheFormThatIsMeant) {
  const ParseScript nothing_parses = [](std::string_view script, ScriptGoal goal) {
    if (script.find('!') == script.npos) return ParseError{};
    return ParseError{1, goal == ScriptGoal::kModule ? "no module" : "no script"};
  };
  const auto told = [&](std::string_view script) {
    return examine_script(script, "m", nothing_parses)->format();
  };
  EXPECT_EQ(told("a = !"), "m:1:5: error: no script");
  EXPECT_EQ(told("export !"), "m:1:8: error: no module");
  EXPECT_EQ(told("  import !"), "m:1:10: error: no module");
  EXPECT_EQ(told("a = await import('x') !"), "m:1:23: error: no script");
}

}  // namespace
}  // namespace pawl
