#include "nano/http/range.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(ByteRange, IsReadInEachOfItsForms) {
  const auto expect = [](std::string_view header, std::uint64_t first, std::uint64_t bytes) {
    const std::optional<ByteRange> range = parse_byte_range(header, 100);
    ASSERT_TRUE(range) << header;
    EXPECT_EQ(range->first, first) << header;
    EXPECT_EQ(range->bytes, bytes) << header;
  };
  expect("bytes=0-0", 0, 1);
  expect("bytes=10-19", 10, 10);
  expect("bytes=10-", 10, 90);
  expect("bytes=10-1000", 10, 90);
  expect("bytes=-10", 90, 10);
  expect("bytes=-1000", 0, 100);
}

TEST(ByteRange, BehindTheEndIsEmpty) {
  EXPECT_EQ(parse_byte_range("bytes=100-", 100)->bytes, 0u);
  EXPECT_EQ(parse_byte_range("bytes=-0", 100)->bytes, 0u);
  EXPECT_EQ(parse_byte_range("bytes=0-", 0)->bytes, 0u);
}

TEST(ByteRange, IsTheWholeWhereTheHeaderIsNoneThatIsServed) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=a-", "bytes=1-b",
                             "lines=1-2", "bytes=0-1,3-4", "bytes= 0-1", "bytes=99999999999999999999-"}) {
    EXPECT_FALSE(parse_byte_range(header, 100)) << header;
  }
}

}  // namespace
}  // namespace nano
