// pawl_sim as it is called: what it prints repeats what it found, in another process too.
#ifndef _WIN32
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "tests/simulation/simulator.h"

namespace pawl {
namespace {

struct Ran {
  int exit = -1;
  std::string output;

  // What follows `prefix` on the first line that begins with it, but for spaces; "" if none does.
  std::string after(const std::string& prefix) const {
    std::size_t at = ("\n" + output).find("\n" + prefix);
    if (at == std::string::npos) at = output.find("  " + prefix);
    if (at == std::string::npos) return {};
    at = output.find(prefix, at) + prefix.size();
    return output.substr(at, output.find('\n', at) - at);
  }
};

Ran pawl_sim(const std::string& arguments) {
  Ran ran;
  std::FILE* pipe = ::popen((std::string(PAWL_SIM) + " " + arguments + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return ran;
  char bytes[4096];
  while (const std::size_t count = std::fread(bytes, 1, sizeof bytes, pipe))
    ran.output.append(bytes, count);
  const int status = ::pclose(pipe);
  ran.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

TEST(SimCommand, PrintsTheSeedFirstAndTheSameTraceInEveryProcess) {
  for (const char* seed : {"1", "17", "20000036237"}) {
    const Ran once = pawl_sim(std::string("--seed=") + seed);
    EXPECT_EQ(once.exit, 0) << once.output;
    EXPECT_EQ(once.output.rfind(std::string("seed ") + seed + "\n", 0), 0u) << once.output;
    EXPECT_NE(once.after("trace "), "");
    EXPECT_EQ(pawl_sim(std::string("--seed=") + seed).output, once.output);
  }
}

TEST(SimCommand, IsToldWhatToRun) {
  const Ran several = pawl_sim("--seeds=5-9");
  EXPECT_EQ(several.exit, 0) << several.output;
  EXPECT_NE(several.output.find("5 seeds, 0 failed"), std::string::npos) << several.output;
  EXPECT_EQ(pawl_sim("--minutes=0.001").exit, 0);
  EXPECT_EQ(pawl_sim("--help").exit, 0);
  for (const char* wrong : {"--seed=", "--seed=1x", "--seeds=1", "--minutes=0", "--break=nothing",
                            "--without=nothing", "--nothing"})
    EXPECT_EQ(pawl_sim(wrong).exit, 2) << wrong;
  // Fewer operations are another run.
  EXPECT_NE(pawl_sim("--seed=17 --steps=2").after("trace "), pawl_sim("--seed=17").after("trace "));
}

class SimCommandBroken : public testing::TestWithParam<Break> {};

// The command that it prints is short, and fails in the same way.
TEST_P(SimCommandBroken, IsRepeatedByTheCommandThatIsPrinted) {
  const std::string broken = " --break=" + std::string(break_name(GetParam()));
  for (int seed = 1; seed <= 200; ++seed) {
    const std::string whole = "--seed=" + std::to_string(seed) + broken;
    const Ran found = pawl_sim(whole);
    if (found.exit == 0) continue;
    ASSERT_EQ(found.exit, 1) << found.output;
    const std::string command = found.after("repeat: pawl_sim ");
    EXPECT_NE(command.find("--only="), std::string::npos) << found.output;
    const Ran again = pawl_sim(command);
    EXPECT_EQ(again.exit, 1) << command << '\n' << again.output;
    const std::string failure = again.after("seed " + std::to_string(seed) + " fails: ");
    EXPECT_NE(failure, "");
    // What was made small is told at the second line.
    EXPECT_NE(found.output.find("  " + failure + "\n  after:"), std::string::npos)
        << found.output << again.output;
    EXPECT_EQ(pawl_sim(command).output, again.output);
    return;
  }
  FAIL() << "no seed notices" << broken;
}

INSTANTIATE_TEST_SUITE_P(Simulator, SimCommandBroken, testing::ValuesIn(kBreaks),
                         [](const auto& param) {
                           std::string name(break_name(param.param));
                           for (char& letter : name) letter = letter == '-' ? '_' : letter;
                           return name;
                         });

}  // namespace
}  // namespace pawl
#endif
