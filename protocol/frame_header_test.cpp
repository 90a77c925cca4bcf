#include "protocol/frame_header.h"

#include <gtest/gtest.h>

#include "protocol/bytes.h"

namespace nano::protocol {
namespace {

Bytes header_for(std::size_t payload_bytes) {
  Bytes buffer(websocket_header_bytes_max);
  const std::size_t header_bytes = write_websocket_header(buffer.data() + buffer.size(), payload_bytes);
  return {buffer.end() - static_cast<std::ptrdiff_t>(header_bytes), buffer.end()};
}

TEST(WebSocketHeader, HasTwoBytesUpToAPayloadOf125) {
  EXPECT_EQ(header_for(0), (Bytes{0x82, 0}));
  EXPECT_EQ(header_for(125), (Bytes{0x82, 125}));
}

TEST(WebSocketHeader, HasFourBytesUpToAPayloadOf65535) {
  EXPECT_EQ(header_for(126), (Bytes{0x82, 126, 0, 126}));
  EXPECT_EQ(header_for(0x1234), (Bytes{0x82, 126, 0x12, 0x34}));
  EXPECT_EQ(header_for(65535), (Bytes{0x82, 126, 0xff, 0xff}));
}

TEST(WebSocketHeader, HasTenBytesForMore) {
  EXPECT_EQ(header_for(65536), (Bytes{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(header_for(0x0102030405060708), (Bytes{0x82, 127, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(WebSocketHeader, TouchesNothingBeforeIt) {
  Bytes buffer(websocket_header_bytes_max, 0xee);
  EXPECT_EQ(write_websocket_header(buffer.data() + buffer.size(), 7), 2u);
  EXPECT_EQ(Bytes(buffer.begin(), buffer.end() - 2), Bytes(8, 0xee));
}

}  // namespace
}  // namespace nano::protocol
