#include "benchmark/load/payload.h"

#include <string>

#include <gtest/gtest.h>

namespace nano::benchmark {
namespace {

std::string text(protocol::ByteView bytes) { return std::string{protocol::as_text(bytes)}; }

TEST(Payload, RawIsANumberAndLettersOfTheSizeAskedFor) {
  Payload payload{PayloadKind::raw, 10};
  EXPECT_EQ(text(payload.with(0x0102)), std::string("\0\0\0\0\0\0\1\2xx", 10));
}

TEST(Payload, RawOfLessThanEightBytesHasNoNumber) {
  Payload payload{PayloadKind::raw, 3};
  EXPECT_FALSE(payload.has_sequence());
  EXPECT_EQ(text(payload.with(5)), "xxx");
  EXPECT_TRUE(payload.is_same(protocol::as_bytes("xxx"), 6));
  EXPECT_FALSE(payload.is_same(protocol::as_bytes("xxxx"), 6));
  EXPECT_EQ(payload.sequence_of(protocol::as_bytes("xxx")), std::nullopt);
}

TEST(Payload, PingIsTheProtobufMessageWithTheShortestNumbers) {
  Payload payload{PayloadKind::ping, 2};
  EXPECT_EQ(text(payload.with(1)), "\x0a\x02xx\x10\x01");
  EXPECT_EQ(text(payload.with(300)), "\x0a\x02xx\x10\xac\x02");
}

TEST(Payload, PingWithoutContentLeavesTheMemberOut) {
  Payload payload{PayloadKind::ping, 0};
  EXPECT_EQ(text(payload.with(1)), "\x10\x01");
}

TEST(Payload, JsonIsAnObject) {
  Payload payload{PayloadKind::json, 2};
  EXPECT_EQ(text(payload.with(12)), R"({"id":12,"name":"xx","x":1.5,"y":-2.25})");
}

TEST(Payload, JsonMayComeBackInAnotherForm) {
  Payload payload{PayloadKind::json, 2};
  EXPECT_TRUE(payload.is_same(protocol::as_bytes(R"({"y":-2.25E0,"x":1.5E0,"name":"xx","id":12})"), 12));
  EXPECT_FALSE(payload.is_same(protocol::as_bytes(R"({"y":-2.25E0,"x":1.5E0,"name":"xx","id":13})"), 12));
  EXPECT_FALSE(payload.is_same(protocol::as_bytes(R"({"y":-2.25E0,"x":1.5E0,"name":"xy","id":12})"), 12));
  EXPECT_FALSE(payload.is_same(protocol::as_bytes("{}"), 12));
}

TEST(Payload, TheNumberIsFoundInWhatWasMadeAndInNothingElse) {
  for (const PayloadKind kind : {PayloadKind::raw, PayloadKind::ping, PayloadKind::json}) {
    SCOPED_TRACE(static_cast<int>(kind));
    for (const std::size_t bytes : {8, 64, 300}) {
      Payload payload{kind, bytes};
      for (const std::uint64_t number : {1ull, 127ull, 128ull, 70'000ull, (1ull << 40) + 3}) {
        const std::string made = text(payload.with(number));
        EXPECT_EQ(payload.sequence_of(protocol::as_bytes(made)), number);
        EXPECT_TRUE(payload.is_same(protocol::as_bytes(made), number));
        EXPECT_FALSE(payload.is_same(protocol::as_bytes(made), number + 1));
      }
      Payload other{kind, bytes + 1};
      EXPECT_EQ(payload.sequence_of(other.with(5)), std::nullopt);
      EXPECT_EQ(payload.sequence_of({}), std::nullopt);
    }
  }
}

TEST(Payload, APingWithACutOrOverlongNumberIsNone) {
  const Payload payload{PayloadKind::ping, 0};
  EXPECT_EQ(payload.sequence_of(protocol::as_bytes("\x10\xac")), std::nullopt);
  EXPECT_EQ(payload.sequence_of(protocol::as_bytes("\x10\x01\x01")), std::nullopt);
}

}  // namespace
}  // namespace nano::benchmark
