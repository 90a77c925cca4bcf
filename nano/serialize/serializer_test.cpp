#include "nano/serialize/serializer.h"

#include <memory>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "nano/serialize/json_test_types.h"
#include "nano/serialize/testdata/parcel.pb.h"
#include "nano/serialize/testdata/ping.pb.h"
#include "nano/serialize/testdata/strict.pb.h"
#include "nano/serialize/text_fields.h"

namespace nano {
namespace {

using testdata::Item;
using testdata::Ping;
using testdata::Strict;
using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class T>
std::string encoded(const PayloadCodec& codec, const T& value) {
  std::string out;
  const auto result = codec.encode(value, out);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return out;
}

/// Takes JSON payloads only, and marks what it made with a first byte.
class MarkedJson final : public Serializer {
 public:
  std::string_view name() const override { return "marked"; }
  bool supports(const PayloadType& type) const override { return json_.supports(type); }
  Result<void> decode(ByteView bytes, const PayloadType& type, void* into) const override {
    if (bytes.empty() || bytes[0] != '!') return Error{Errc::bad_payload, "the mark is missing"};
    return json_.decode(bytes.subspan(1), type, into);
  }
  Result<void> encode(const PayloadType& type, const void* value, std::string& out) const override {
    out += '!';
    return json_.encode(type, value, out);
  }

 private:
  JsonSerializer json_;
};

static_assert(RawPayload<std::string> && RawPayload<std::string_view> && RawPayload<Bytes> &&
              RawPayload<ByteView>);
static_assert(ViewPayload<std::string_view> && ViewPayload<ByteView> && !ViewPayload<std::string>);
static_assert(ProtobufPayload<Ping> && !ProtobufPayload<Item> && !JsonPayload<Ping>);
static_assert(DescribedPayload<Item> && !DescribedPayload<Ping> && !DescribedPayload<std::string>);
static_assert(JsonPayload<std::vector<Item>> && JsonPayload<std::map<std::string, Item>> &&
              JsonPayload<boost::json::value> && JsonPayload<std::optional<int>> && JsonPayload<bool>);
static_assert(!JsonPayload<std::string> && JsonPayload<std::vector<std::string>>);
static_assert(!Payload<testdata::Undescribed> && !Payload<std::vector<testdata::Undescribed>> &&
              !Payload<int*> && !Payload<char> && !Payload<void> && !Payload<Item&>);

TEST(PayloadTypes, AreOneForEachType) {
  EXPECT_EQ(&payload_type<Item>(), &payload_type<Item>());
  EXPECT_NE(&payload_type<Item>(), &payload_type<testdata::Order>());
}

TEST(PayloadTypes, AreNamedAsInTheSource) {
  EXPECT_EQ(payload_type<Item>().name, "nano::testdata::Item");
  EXPECT_EQ(payload_type<std::vector<int>>().name.substr(0, 15), "std::vector<int");
  EXPECT_EQ(payload_type<std::string>().name, "raw bytes");
}

TEST(JsonSerializerTest, DecodesAndEncodesDescribedClasses) {
  const PayloadCodec codec;
  const auto item = codec.decode<Item>(bytes_of(R"({"name":"a","price":2})"));
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(item->name, "a");
  EXPECT_EQ(encoded(codec, *item), R"({"name":"a","price":2})");
  EXPECT_EQ(codec.empty_response(), "{}");
}

TEST(JsonSerializerTest, NamesTheMemberThatDoesNotDecode) {
  const auto item = PayloadCodec().decode<Item>(bytes_of(R"({"name":"a","price":"2"})"));
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error(), Error(Errc::bad_payload, R"(member "price": expected a number, got a string)"));
}

TEST(JsonSerializerTest, RefusesToEncodeWhatIsTooDeepAndLeavesTheOutputAlone) {
  boost::json::value value = 1;
  for (int level = 0; level < 100; ++level) value = boost::json::array{std::move(value)};
  std::string out = "before";
  const auto result = PayloadCodec().encode(value, out);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error(),
            Error(Errc::invalid_argument, "the value is nested too deeply for JSON: more than 64 levels"));
  EXPECT_EQ(out, "before");
}

TEST(ProtobufSerializerTest, DecodesAndEncodesMessages) {
  const PayloadCodec codec{std::make_shared<ProtobufSerializer>()};
  Ping ping;
  ping.set_content("hello");
  ping.set_sequence(7);
  const std::string bytes = encoded(codec, ping);
  EXPECT_EQ(bytes, "\x0a\x05hello\x10\x07");
  const auto again = codec.decode<Ping>(bytes_of(bytes));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->content(), "hello");
  EXPECT_EQ(again->sequence(), 7);
  EXPECT_EQ(codec.empty_response(), "");
}

TEST(ProtobufSerializerTest, DecodesNoBytesAsTheEmptyMessage) {
  EXPECT_TRUE(PayloadCodec(std::make_shared<ProtobufSerializer>()).decode<Ping>({}).ok());
}

TEST(ProtobufSerializerTest, RefusesBytesThatAreNoMessage) {
  const PayloadCodec codec{std::make_shared<ProtobufSerializer>()};
  for (const std::string_view bytes : {"\xff", "\x0a\x05he", "\x10", "{}garbage"}) {
    const auto ping = codec.decode<Ping>(bytes_of(bytes));
    ASSERT_FALSE(ping.ok());
    EXPECT_EQ(ping.error(), Error(Errc::bad_payload, "the bytes are no protobuf message nano.testdata.Ping"));
  }
}

TEST(ProtobufSerializerTest, RefusesMessagesThatLackARequiredField) {
  const PayloadCodec codec{std::make_shared<ProtobufSerializer>()};
  const std::string sentence = "the protobuf message nano.testdata.Strict lacks: sequence";
  testing::internal::CaptureStderr();
  const auto decoded = codec.decode<Strict>({});
  std::string out = "before";
  const auto written = codec.encode(Strict{}, out);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");

  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error(), Error(Errc::bad_payload, sentence));
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error(), Error(Errc::invalid_argument, sentence));
  EXPECT_EQ(out, "before");
}

// -- texts in protobuf messages ----------------------------------------------------------------------------

const std::string high_half = "\xed\xa0\xbd";
const std::string low_half = "\xed\xb8\x80";

/// A message of some texts, written without protobuf, which would complain.
std::string field_of(char tag, std::string_view bytes) {
  return tag + std::string(1, static_cast<char>(bytes.size())) + std::string(bytes);
}

std::string letter_of(std::string_view text) { return field_of('\x0a', text); }

template <class Message>
Result<Message> quietly_decoded(std::string_view bytes) {
  testing::internal::CaptureStderr();
  Result<Message> decoded =
      PayloadCodec(std::make_shared<ProtobufSerializer>()).decode<Message>(bytes_of(bytes));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  return decoded;
}

TEST(ProtobufTexts, AreReadWithTheHalvesOfACharacterJoined) {
  const auto ping =
      quietly_decoded<Ping>(field_of('\x0a', "a" + high_half + low_half + high_half) + "\x10\x07");
  ASSERT_TRUE(ping.ok());
  EXPECT_EQ(ping->content(), "a\U0001f600\ufffd");
  EXPECT_EQ(ping->sequence(), 7);
}

TEST(ProtobufTexts, OfOtherBytesAreRefusedByTheNameOfTheirField) {
  const auto ping = quietly_decoded<Ping>(field_of('\x0a', "a\xff"));
  ASSERT_FALSE(ping.ok());
  EXPECT_EQ(ping.error(),
            Error(Errc::bad_payload, R"(member "content": expected UTF-8 text, got other bytes)"));
}

TEST(ProtobufTexts, AreFoundWhereverTheyAreInAMessage) {
  const std::string emoji = high_half + low_half;
  const std::string letter = letter_of(emoji);
  const std::string entry = field_of('\x0a', emoji) + field_of('\x12', letter);  // key, value
  const std::string all = field_of('\x0a', "\xff\xfe") +                         // bytes
                          field_of('\x12', letter) + field_of('\x12', letter) +  // repeated
                          field_of('\x1a', entry) +                              // a map
                          '\x23' + letter + '\x24' +                             // a group
                          field_of('\x2a', "\x80\x01\x7f") +                     // packed numbers
                          field_of('\x7a', "\xff") +                             // a field that is not known
                          "\x31" + std::string(8, '\xff');                       // a number of eight bytes
  const auto parcel = quietly_decoded<testdata::Parcel>(all);
  ASSERT_TRUE(parcel.ok()) << parcel.error().message;
  EXPECT_EQ(parcel->bytes(), "\xff\xfe");
  ASSERT_EQ(parcel->letters_size(), 2);
  EXPECT_EQ(parcel->letters(1).text(), "\U0001f600");
  EXPECT_EQ(parcel->by_name().at("\U0001f600").text(), "\U0001f600");
  EXPECT_EQ(parcel->group().text(), "\U0001f600");
  EXPECT_EQ(parcel->numbers(0), 128);
  EXPECT_EQ(parcel->tall(), ~std::uint64_t{0});
  EXPECT_EQ(parcel->unknown_fields().field_count(), 1);

  const auto refused = quietly_decoded<testdata::Parcel>(field_of('\x12', letter_of("\xff")));
  EXPECT_EQ(refused.error().message, R"(member "letters.text": expected UTF-8 text, got other bytes)");
}

TEST(ProtobufTexts, ThatAreWholeNeedNoSecondLookAtTheMessage) {
  const detail::TextFields& fields = *detail::TextFields::of(*testdata::Parcel::descriptor());
  const auto all_utf8 = [&fields](const std::string& bytes) { return fields.all_utf8(bytes); };
  const std::string good = letter_of("\U0001f600");
  const std::string bad = letter_of("\xff");
  const std::string number = std::string("\x28\xff\x01", 3);  // 255, in a field that could be packed
  EXPECT_TRUE(
      all_utf8(field_of('\x0a', "\xff") + field_of('\x12', good) + number + field_of('\x3a', number)));
  EXPECT_TRUE(all_utf8(field_of('\x7a', bad))) << "a field that is not known";
  EXPECT_FALSE(all_utf8(field_of('\x12', bad)));
  EXPECT_FALSE(all_utf8(field_of('\x1a', field_of('\x12', bad)))) << "a map";
  EXPECT_FALSE(all_utf8(field_of('\x3a', field_of('\x12', bad)))) << "a message of its own kind";
  EXPECT_FALSE(all_utf8('\x23' + good + '\x24')) << "groups are left to the library";
  for (const std::string cut :
       {"\x12", "\x12\x05he", "\x28\xff", "\x31\xff", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f"}) {
    EXPECT_FALSE(all_utf8(cut));
  }
  EXPECT_FALSE(all_utf8("\x92\x80\x80\x80\x10" + good)) << "a number of more than 32 bits";
  EXPECT_EQ(detail::TextFields::of(*testdata::Strict::descriptor()), nullptr);
}

TEST(ProtobufTexts, InBytesThatAreNoMessageAreNeverShownToProtobuf) {
  const std::string bad_text = field_of('\x0a', "\xff");
  for (const std::string& tail : {std::string("\x12"), std::string("\x0a\x05he"), std::string("\x0c"),
                                  std::string("\x0b"), std::string("\x07"), std::string(11, '\xff')}) {
    EXPECT_FALSE(quietly_decoded<Ping>(bad_text + tail).ok());
    EXPECT_FALSE(quietly_decoded<Ping>(tail + bad_text).ok());
    EXPECT_FALSE(quietly_decoded<Ping>(field_of('\x0a', high_half) + tail).ok());
  }
  std::string nested;
  for (int level = 0; level < 60; ++level) nested = field_of('\x3a', nested);
  EXPECT_TRUE(quietly_decoded<testdata::Parcel>(nested + field_of('\x12', letter_of(high_half))).ok());
}

TEST(ProtobufTexts, AreWrittenInUtf8) {
  const PayloadCodec codec{std::make_shared<ProtobufSerializer>()};
  Ping ping;
  ping.set_content(high_half + low_half + "\xff");
  testing::internal::CaptureStderr();  // protobuf complains of what an application gives it
  std::string out = "before\xff";
  ASSERT_TRUE(codec.encode(ping, out).ok());
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(out, "before\xff" + field_of('\x0a', "\U0001f600\ufffd"));
}

TEST(PayloadCodecTest, SendsRawPayloadsAsTheyAreWhateverTheSerializer) {
  const std::string_view text{"\0\xff{", 3};
  const std::shared_ptr<const Serializer> serializers[] = {
      std::make_shared<JsonSerializer>(), std::make_shared<ProtobufSerializer>(),
      std::make_shared<RawSerializer>(), std::make_shared<MarkedJson>()};
  for (const auto& serializer : serializers) {
    const PayloadCodec codec{serializer};
    EXPECT_EQ(*codec.decode<std::string>(bytes_of(text)), text);
    EXPECT_EQ(*codec.decode<Bytes>(bytes_of(text)), (Bytes{0, 0xff, '{'}));
    EXPECT_EQ(encoded(codec, std::string(text)), text);
    EXPECT_EQ(encoded(codec, text), text);
    EXPECT_EQ(encoded(codec, Bytes{0, 0xff, '{'}), text);
    EXPECT_EQ(encoded(codec, bytes_of(text)), text);
  }
}

TEST(PayloadCodecTest, DecodesViewsWithoutACopy) {
  const ByteView bytes = bytes_of("hello");
  const PayloadCodec codec;
  EXPECT_EQ(codec.decode<ByteView>(bytes)->data(), bytes.data());
  EXPECT_EQ(static_cast<const void*>(codec.decode<std::string_view>(bytes)->data()), bytes.data());
  EXPECT_TRUE(codec.decode<std::string_view>({})->empty());
}

TEST(PayloadCodecTest, AppendsToWhatIsThere) {
  std::string out = "a";
  const PayloadCodec codec;
  ASSERT_TRUE(codec.encode(std::string("b"), out).ok());
  ASSERT_TRUE(codec.encode(std::vector{1, 2}, out).ok());
  ASSERT_TRUE(codec.encode(Ping{}, out).ok());
  EXPECT_EQ(out, "ab[1,2]");
}

TEST(PayloadCodecTest, SendsMessagesAsProtobufWhereTheSerializerDoesNotTakeThem) {
  Ping ping;
  ping.set_sequence(1);
  EXPECT_EQ(encoded(PayloadCodec(std::make_shared<JsonSerializer>()), ping), "\x10\x01");
  EXPECT_EQ(encoded(PayloadCodec(std::make_shared<RawSerializer>()), ping), "\x10\x01");
}

TEST(PayloadCodecTest, PrefersTheApplicationsSerializer) {
  const PayloadCodec codec{std::make_shared<MarkedJson>()};
  EXPECT_EQ(encoded(codec, std::vector{1}), "![1]");
  EXPECT_EQ(*codec.decode<std::vector<int>>(bytes_of("![2]")), std::vector{2});
  EXPECT_EQ(codec.decode<std::vector<int>>(bytes_of("[2]")).error(),
            Error(Errc::bad_payload, "the mark is missing"));
}

TEST(PayloadCodecTest, SaysWhatItDoesNotSupport) {
  const PayloadCodec codec{std::make_shared<ProtobufSerializer>()};
  EXPECT_TRUE(codec.supports(payload_type<Ping>()));
  EXPECT_TRUE(codec.supports(payload_type<std::string_view>()));
  EXPECT_FALSE(codec.supports(payload_type<Item>()));
  const std::string sentence =
      "The serializer \"protobuf\" does not support the payload type nano::testdata::Item: choose another "
      "serializer, or another type, such as raw bytes.";
  EXPECT_EQ(codec.unsupported_sentence(payload_type<Item>()), sentence);

  std::string out;
  EXPECT_EQ(codec.encode(Item{}, out).error(), Error(Errc::invalid_argument, sentence));
  EXPECT_EQ(codec.decode<Item>(bytes_of("{}")).error(), Error(Errc::invalid_argument, sentence));
}

TEST(PayloadCodecTest, ThrowsWithoutASerializer) {
  EXPECT_THROW(PayloadCodec{nullptr}, std::invalid_argument);
}

TEST(PayloadCodecTest, IsUsedByManyThreadsAtOnce) {
  const PayloadCodec codec;
  std::vector<int> failures(4);
  std::vector<std::thread> threads;
  for (int& failed : failures) {
    threads.emplace_back([&codec, &failed] {
      for (int i = 0; i < 1000; ++i) {
        std::string out;
        const Item item{.name = std::to_string(i), .price = 1.0 * i};
        if (!codec.encode(item, out) || codec.decode<Item>(bytes_of(out))->name != item.name) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, (std::vector{0, 0, 0, 0}));
}

}  // namespace
}  // namespace nano
