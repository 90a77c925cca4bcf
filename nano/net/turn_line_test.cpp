#include "nano/net/turn_line.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

using std::chrono::milliseconds;

class TurnLineTest : public ::testing::Test {
 protected:
  /// Who is served within 4 ms, each taking 1 ms and then doing what `then` says.
  std::string serve(const std::function<void(char)>& then = [](char) {}) {
    std::string served;
    line_.begin_round();
    line_.serve(clock_, clock_.now() + milliseconds{4}, [&](char who) {
      served += who;
      clock_.advance(milliseconds{1});
      then(who);
    });
    return served;
  }

  ManualClock clock_;
  TurnLine<char> line_;
};

TEST_F(TurnLineTest, ServesThoseThatComeAnewBeforeThoseThatComeAgain) {
  for (const char who : {'x', 'y'}) line_.add_again(who);
  for (const char who : {'a', 'b'}) line_.add_new(who);
  EXPECT_EQ(serve(), "abxy");
  EXPECT_TRUE(line_.empty());
}

TEST_F(TurnLineTest, ThoseThatComeAgainTakeTurnsWithinTheTime) {
  for (const char who : {'u', 'v', 'w', 'x', 'y', 'z'}) line_.add_again(who);
  const auto again = [this](char who) { line_.add_again(who); };
  EXPECT_EQ(serve(again), "uvwx");
  EXPECT_EQ(serve(again), "yzuv");
  line_.add_new('a');
  EXPECT_EQ(serve(again), "awxy") << "one that comes anew waits for one turn at most";
}

TEST_F(TurnLineTest, ThoseThatComeAgainAreServedAlsoWhileThereAreAlwaysNewOnes) {
  for (int i = 0; i < 8; ++i) line_.add_new('a');
  for (const char who : {'x', 'y'}) line_.add_again(who);
  EXPECT_EQ(serve(), "aaaax");
  EXPECT_EQ(serve(), "aaaay");
}

TEST_F(TurnLineTest, WhoComesAgainWhileServedWaitsForTheNextTime) {
  line_.add_again('x');
  EXPECT_EQ(serve([this](char who) { line_.add_again(who); }), "x");
  EXPECT_EQ(line_.size(), 1u);
}

TEST_F(TurnLineTest, WhoHadATurnSinceTheRoundBeganWaitsForTheNext) {
  line_.add_again('x');
  line_.begin_round();
  line_.add_again('y');
  std::string served;
  line_.serve(clock_, clock_.now() + milliseconds{4}, [&](char who) { served += who; });
  EXPECT_EQ(served, "x");
  EXPECT_EQ(serve(), "y");
}

}  // namespace
}  // namespace nano
