#include <gtest/gtest.h>

#include "protocol/message.h"
#include "protocol/testdata/wire_vectors.h"

namespace nano::protocol {
namespace {

using testdata::MessageVector;

class MessageVectors : public testing::Test {
 protected:
  MessageError decode(const Bytes& body, Message& out) const {
    return decode_message(body, &vectors_.dictionary, out);
  }

  const testdata::WireVectors vectors_ = testdata::load_wire_vectors();
};

void expect_fields(const Message& message, const MessageVector& vector) {
  EXPECT_EQ(static_cast<int>(message.type), vector.type) << vector.name;
  EXPECT_EQ(message.id, vector.id) << vector.name;
  EXPECT_EQ(message.route, vector.route) << vector.name;
  EXPECT_EQ(message.route_code, vector.route_code) << vector.name;
  EXPECT_EQ(as_text(message.payload), as_text(vector.payload)) << vector.name;
}

TEST_F(MessageVectors, EncodeAsStated) {
  for (const MessageVector& vector : vectors_.messages) {
    Message message;
    message.type = static_cast<MessageType>(vector.type);
    message.id = vector.id;
    message.route = vector.route;
    message.route_code = vectors_.dictionary.find_code(vector.route);
    message.payload = vector.payload;
    EXPECT_EQ(encoded_size(message), vector.hex.size()) << vector.name;
    EXPECT_EQ(encode_message(message), vector.hex) << vector.name;
  }
}

TEST_F(MessageVectors, DecodeAsStated) {
  for (const MessageVector& vector : vectors_.messages) {
    Message message;
    ASSERT_EQ(decode(vector.hex, message), MessageError::none) << vector.name;
    expect_fields(message, vector);
    EXPECT_FALSE(message.payload_deflated) << vector.name;
    EXPECT_FALSE(message.is_error) << vector.name;
  }
}

TEST_F(MessageVectors, DecodeInPlace) {
  for (const MessageVector& vector : vectors_.messages) {
    Message message;
    ASSERT_EQ(decode(vector.hex, message), MessageError::none) << vector.name;
    EXPECT_EQ(message.payload.data() + message.payload.size(), vector.hex.data() + vector.hex.size())
        << vector.name;
  }
}

TEST_F(MessageVectors, LenientOnesDecode) {
  for (const auto& [must_decode, vector] : vectors_.lenient) {
    Message message;
    const MessageError error = decode(vector.hex, message);
    // This codec takes those too that "may" be refused.
    EXPECT_EQ(error, MessageError::none) << vector.name << (must_decode ? " must decode" : " may be refused");
    expect_fields(message, vector);
  }
}

TEST_F(MessageVectors, InvalidOnesAreRefused) {
  int count = 0;
  for (const auto& vector : vectors_.invalid) {
    if (vector.layer == "message") {
      Message message;
      EXPECT_NE(decode(vector.hex, message), MessageError::none) << vector.name;
      ++count;
    }
  }
  EXPECT_GT(count, 0);
}

// Memory of exactly the truncated size lets a sanitizer see a read beyond it.
TEST_F(MessageVectors, EveryTruncationDecodesToLessPayloadOrErrs) {
  for (const MessageVector& vector : vectors_.messages) {
    const std::size_t prefix_bytes = vector.hex.size() - vector.payload.size();
    for (std::size_t size = 0; size < vector.hex.size() && size < prefix_bytes + 64; ++size) {
      const Bytes truncated(vector.hex.begin(), vector.hex.begin() + static_cast<std::ptrdiff_t>(size));
      Message message;
      const MessageError error = decode(truncated, message);
      if (size < prefix_bytes) {
        EXPECT_EQ(error, size == 0 ? MessageError::empty : MessageError::truncated)
            << vector.name << ", " << size;
      } else {
        EXPECT_EQ(error, MessageError::none) << vector.name << ", " << size;
        EXPECT_EQ(message.payload.size(), size - prefix_bytes) << vector.name << ", " << size;
      }
    }
  }
}

}  // namespace
}  // namespace nano::protocol
