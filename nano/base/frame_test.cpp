#include "nano/base/frame.h"

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

Frame frame_of(std::size_t bytes) {
  Frame frame = Frame::allocate(bytes);
  for (std::size_t i = 0; i < bytes; ++i) frame.writable()[i] = static_cast<std::uint8_t>(i);
  return frame;
}

void expect_header(std::size_t packet_bytes, const std::vector<std::uint8_t>& header) {
  const Frame frame = frame_of(packet_bytes);
  const auto message = frame.websocket();
  ASSERT_EQ(message.size(), header.size() + packet_bytes);
  EXPECT_TRUE(std::equal(header.begin(), header.end(), message.begin())) << packet_bytes;
  EXPECT_EQ(message.data() + header.size(), frame.packet().data());
}

TEST(Frame, CarriesTheWebSocketHeaderOfEveryLength) {
  expect_header(0, {0x82, 0});
  expect_header(125, {0x82, 125});
  expect_header(126, {0x82, 126, 0, 126});
  expect_header(65535, {0x82, 126, 0xff, 0xff});
  expect_header(65536, {0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0});
}

TEST(Frame, GivesThePacketAsFilledIn) {
  const Frame frame = frame_of(300);
  ASSERT_EQ(frame.packet().size(), 300u);
  EXPECT_EQ(frame.packet()[299], 299 % 256);
}

TEST(Frame, SharesItsBytesAmongCopies) {
  Frame first = frame_of(10);
  const std::uint8_t* bytes = first.packet().data();
  Frame second = first;
  const Frame third = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(second.packet().data(), bytes);
  EXPECT_EQ(third.packet().data(), bytes);
  second = Frame{};
  EXPECT_EQ(third.packet()[9], 9);
}

TEST(Frame, IsEmptyByDefault) {
  const Frame none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(none.packet().empty());
  EXPECT_TRUE(none.websocket().empty());
}

TEST(Frame, SharesItsCompressedFormAmongCopies) {
  const Frame frame = frame_of(300);
  const Frame copy = frame;
  EXPECT_FALSE(copy.has_tried_deflate());
  frame.keep_deflated(std::vector<std::uint8_t>(130, 7));
  EXPECT_TRUE(copy.has_tried_deflate());
  const auto message = copy.bytes(FrameForm::websocket_deflated);
  const std::vector<std::uint8_t> header{0xc2, 126, 0, 130, 7};
  ASSERT_EQ(message.size(), 4u + 130u);
  EXPECT_TRUE(std::equal(header.begin(), header.end(), message.begin()));
  EXPECT_EQ(copy.bytes(FrameForm::websocket).data(), copy.websocket().data());
  EXPECT_EQ(copy.bytes(FrameForm::packet).data(), copy.packet().data());
}

TEST(Frame, GoesAsItIsWhenCompressionSavesNothing) {
  const Frame frame = frame_of(300);
  EXPECT_EQ(frame.bytes(FrameForm::websocket_deflated).data(), frame.websocket().data());
  frame.keep_deflated({});
  EXPECT_TRUE(frame.has_tried_deflate());
  EXPECT_EQ(frame.bytes(FrameForm::websocket_deflated).data(), frame.websocket().data());
  EXPECT_TRUE(Frame{}.bytes(FrameForm::websocket_deflated).empty());
}

TEST(Frame, SurvivesItsAssignmentToItself) {
  Frame frame = frame_of(4);
  const Frame& same = frame;
  frame = same;
  EXPECT_EQ(frame.packet().size(), 4u);
}

TEST(ThreadedFrame, IsFreedOnceByWhicheverThreadDropsItLast) {
  for (int round = 0; round < 200; ++round) {
    Frame frame = frame_of(32);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([copy = frame] {
        const Frame another = copy;
        EXPECT_EQ(another.packet()[31], 31);
      });
    }
    frame = Frame{};
  }
}

}  // namespace
}  // namespace nano
