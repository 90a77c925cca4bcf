#include "protocol/message.h"

#include <gtest/gtest.h>

namespace nano::protocol {
namespace {

RouteDictionary dictionary() {
  RouteDictionary routes;
  routes.add("room.join", 0x0102);
  return routes;
}

TEST(DecodeMessage, PointsIntoTheInputAndTheDictionary) {
  const RouteDictionary routes = dictionary();
  const Bytes plain = {0x02, 1, 'a', 'p'};
  Message message;
  ASSERT_EQ(decode_message(plain, &routes, message), MessageError::none);
  EXPECT_EQ(as_bytes(message.route).data(), plain.data() + 2);
  EXPECT_EQ(message.payload.data(), plain.data() + 3);

  ASSERT_EQ(decode_message(Bytes{0x03, 1, 2}, &routes, message), MessageError::none);
  EXPECT_EQ(message.route.data(), routes.find_route(0x0102)->data());
}

TEST(DecodeMessage, FillsInIdAndPayloadWhenTheRouteCodeIsUnknown) {
  const RouteDictionary routes = dictionary();
  for (const RouteDictionary* known : {&routes, static_cast<const RouteDictionary*>(nullptr)}) {
    Message message;
    const Bytes request = {0x01, 0xac, 0x02, 9, 9, 'p'};
    EXPECT_EQ(decode_message(request, known, message), MessageError::unknown_route_code);
    EXPECT_EQ(message.type, MessageType::request);
    EXPECT_EQ(message.id, 300u);
    EXPECT_EQ(message.route_code, 0x0909);
    EXPECT_EQ(message.route, "");
    EXPECT_EQ(as_text(message.payload), "p");
  }
}

TEST(DecodeMessage, FillsInWhatComesBeforeTheBadPlace) {
  Message message;
  EXPECT_EQ(decode_message(Bytes{0x00, 0x07, 5, 'a'}, nullptr, message), MessageError::truncated);
  EXPECT_EQ(message.type, MessageType::request);
  EXPECT_EQ(message.id, 7u);
  EXPECT_TRUE(message.payload.empty());
}

TEST(DecodeMessage, LeavesNothingOfTheMessageBefore) {
  Message message;
  ASSERT_EQ(decode_message(Bytes{0x34, 0x07, 'p'}, nullptr, message), MessageError::none);
  ASSERT_EQ(decode_message(Bytes{0x02, 0x00}, nullptr, message), MessageError::none);
  EXPECT_EQ(message.id, 0u);
  EXPECT_TRUE(message.payload.empty());
  EXPECT_FALSE(message.payload_deflated);
  EXPECT_FALSE(message.is_error);
}

TEST(DecodeMessage, TellsTheErrorsApart) {
  Message message;
  EXPECT_EQ(decode_message({}, nullptr, message), MessageError::empty);
  EXPECT_EQ(decode_message(Bytes{0x08}, nullptr, message), MessageError::unknown_type);
  EXPECT_EQ(decode_message(Bytes{0x04, 0x80}, nullptr, message), MessageError::truncated);
  Bytes long_id(12, 0x80);
  long_id[0] = 0x04;
  EXPECT_EQ(decode_message(long_id, nullptr, message), MessageError::id_too_long);
  EXPECT_EQ(decode_message(Bytes{0x03, 0, 0}, nullptr, message), MessageError::unknown_route_code);
}

TEST(DecodeMessage, TakesBit5AsErrorOnlyOnResponses) {
  Message message;
  ASSERT_EQ(decode_message(Bytes{0x24, 0x01}, nullptr, message), MessageError::none);
  EXPECT_TRUE(message.is_error);
  ASSERT_EQ(decode_message(Bytes{0x22, 0x00}, nullptr, message), MessageError::none);
  EXPECT_FALSE(message.is_error);
}

TEST(EncodeMessage, SetsTheFlagsOfDeflateAndError) {
  const Bytes payload = {'p'};
  Message message{.type = MessageType::response, .id = 1, .payload = payload};
  EXPECT_EQ(encode_message(message), (Bytes{0x04, 1, 'p'}));
  message.is_error = true;
  EXPECT_EQ(encode_message(message), (Bytes{0x24, 1, 'p'}));
  message.payload_deflated = true;
  EXPECT_EQ(encode_message(message), (Bytes{0x34, 1, 'p'}));
}

TEST(EncodeMessage, LeavesOutWhatATypeDoesNotHave) {
  const Message notify{.type = MessageType::notify, .id = 7, .route = "a"};
  EXPECT_EQ(encode_message(notify), (Bytes{0x02, 1, 'a'}));
  const Message response{.type = MessageType::response, .id = 7, .route = "a", .route_code = 1};
  EXPECT_EQ(encode_message(response), (Bytes{0x04, 7}));
}

TEST(EncodeMessage, WritesExactlyTheSizeItTold) {
  Message message{.type = MessageType::push, .route = "onMessage"};
  Bytes out(encoded_size(message) + 1, 0xee);
  encode_message(message, out.data());
  EXPECT_EQ(out.size(), 12u);
  EXPECT_EQ(out.back(), 0xee);
  EXPECT_NE(out[out.size() - 2], 0xee);
}

TEST(EncodeMessageDeathTest, StopsTheProcessWhenARouteIsTooLong) {
  const std::string route(route_bytes_max, 'r');
  EXPECT_EQ(encode_message(Message{.type = MessageType::push, .route = route}).size(), 257u);
  const std::string too_long = route + 'r';
  EXPECT_DEATH(encode_message(Message{.type = MessageType::push, .route = too_long}), "assertion failed");
}

TEST(MessageTexts, NameTypesAndErrors) {
  EXPECT_EQ(to_string(MessageType::push), "push");
  EXPECT_EQ(to_string(static_cast<MessageType>(7)), "unknown");
  EXPECT_EQ(to_string(MessageError::unknown_route_code), "unknown route code");
}

}  // namespace
}  // namespace nano::protocol
