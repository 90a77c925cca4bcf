#include "protocol/result.h"

#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace nano::protocol {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{Errc::invalid_argument, "The number is odd."};
  return n / 2;
}

TEST(Result, IsAValueOrAnError) {
  const Result<int> good = half(4);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 2);
  const Result<int> bad = half(3);
  ASSERT_FALSE(bad);
  EXPECT_TRUE(bad.error().is(Errc::invalid_argument));
  EXPECT_EQ(bad.error(), (Error{"invalid_argument", "The number is odd."}));
}

TEST(Result, GivesAwayAValueThatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 3);
}

TEST(Result, OfVoidIsSuccessUnlessItHoldsAnError) {
  EXPECT_TRUE(Result<void>{}.ok());
  const Result<void> failed = Error{"room_full", "The room is full."};
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, "room_full");
}

TEST(Result, ThrowsWhenAskedForWhatItIsNot) {
  EXPECT_THROW(static_cast<void>(half(3).value()), std::logic_error);
  EXPECT_THROW(static_cast<void>(half(4).error()), std::logic_error);
  EXPECT_THROW(static_cast<void>(Result<void>{}.error()), std::logic_error);
  Result<std::string> bad = Error{"room_full", "The room is full."};
  EXPECT_THROW(static_cast<void>(bad->size()), std::logic_error);
  try {
    static_cast<void>(*bad);
    FAIL() << "no exception";
  } catch (const std::logic_error& mistake) {
    EXPECT_STREQ(mistake.what(), "Result::value() was called on an error: room_full: The room is full.");
  }
}

TEST(Errc, NamesAreTheWireCodes) {
  EXPECT_EQ(to_string(Errc::unknown_route), "unknown_route");
  EXPECT_EQ(to_string(Errc::bad_payload), "bad_payload");
  EXPECT_EQ(to_string(Errc::too_many_requests), "too_many_requests");
  EXPECT_EQ(to_string(Errc::invalid_argument), "invalid_argument");
}

}  // namespace
}  // namespace nano::protocol
