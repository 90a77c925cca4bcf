#include "nano/serialize/serializer.h"

#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include <google/protobuf/message_lite.h>

#include "nano/serialize/protobuf_text.h"
#include "nano/serialize/text_fields.h"

namespace nano {

bool JsonSerializer::supports(const PayloadType& type) const { return type.kind == PayloadType::Kind::json; }

Result<void> JsonSerializer::decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                                    void* into) const {
  return detail::read_json_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, type.from_json,
                                into);
}

Result<void> JsonSerializer::encode(const PayloadType& type, const void* value, std::string& out) const {
  if (type.to_json(value, out)) return {};
  return Error{Errc::invalid_argument, std::string(detail::too_deep_sentence)};
}

bool ProtobufSerializer::supports(const PayloadType& type) const {
  return type.kind == PayloadType::Kind::protobuf;
}

namespace {

// Protobuf's parse and serialize functions without "Partial" in their names complain about required fields on
// standard error, where any client could fill the log; so that check is made here.
Result<void> parse(std::string_view bytes, google::protobuf::MessageLite& message) {
  if (!message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error{Errc::bad_payload, "the bytes are no protobuf message " + message.GetTypeName()};
  }
  if (message.IsInitialized()) return {};
  return Error{Errc::bad_payload, "the protobuf message " + message.GetTypeName() +
                                      " lacks: " + message.InitializationErrorString()};
}

Result<void> parse_mended(std::string_view bytes, const detail::TextFields& fields,
                          google::protobuf::MessageLite& message) {
  const Result<std::optional<std::string>> mended = detail::mend_texts(bytes, fields);
  if (!mended) return mended.error();
  return parse(*mended ? std::string_view{**mended} : bytes, message);
}

}  // namespace

Result<void> ProtobufSerializer::decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                                        void* into) const {
  google::protobuf::MessageLite& message = *type.mutable_message(into);
  if (bytes.size() > std::numeric_limits<int>::max()) {
    return Error{Errc::bad_payload, "the bytes are no protobuf message " + message.GetTypeName()};
  }
  const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  const detail::TextFields* fields = type.text_fields();
  return !fields || fields->all_utf8(text) ? parse(text, message) : parse_mended(text, *fields, message);
}

Result<void> ProtobufSerializer::encode(const PayloadType& type, const void* value, std::string& out) const {
  const google::protobuf::MessageLite& message = *type.message(value);
  if (!message.IsInitialized()) {
    return Error{Errc::invalid_argument, "the protobuf message " + message.GetTypeName() +
                                             " lacks: " + message.InitializationErrorString()};
  }
  const std::size_t size_before = out.size();
  const std::size_t size = message.ByteSizeLong();
  if (size > std::numeric_limits<int>::max()) {
    return Error{Errc::invalid_argument,
                 "the protobuf message " + message.GetTypeName() + " is larger than 2 GiB"};
  }
  out.resize(size_before + size);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.data() + size_before));
  const std::string_view text = std::string_view{out}.substr(size_before);
  if (const auto* fields = type.text_fields(); fields && !fields->all_utf8(text)) {
    auto mended = detail::replace_invalid_texts(text, *fields);
    if (mended) out.replace(size_before, out.npos, *mended);
  }
  return {};
}

bool RawSerializer::supports(const PayloadType& type) const { return type.kind == PayloadType::Kind::raw; }

Result<void> RawSerializer::decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                                   void* into) const {
  type.assign(bytes, into);
  return {};
}

Result<void> RawSerializer::encode(const PayloadType& type, const void* value, std::string& out) const {
  const std::span<const std::uint8_t> bytes = type.view(value);
  out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {};
}

PayloadCodec::PayloadCodec(std::shared_ptr<const Serializer> serializer)
    : serializer_(std::move(serializer)) {
  if (!serializer_) {
    throw std::invalid_argument("The application's serializer is null; give it one, such as JsonSerializer.");
  }
}

const Serializer* PayloadCodec::serializer_for(const PayloadType& type) const {
  if (type.kind == PayloadType::Kind::raw) return &raw_;
  if (serializer_->supports(type)) return serializer_.get();
  if (type.kind == PayloadType::Kind::protobuf) return &protobuf_;
  return nullptr;
}

std::string PayloadCodec::unsupported_sentence(const PayloadType& type) const {
  return "The serializer \"" + std::string(serializer_->name()) + "\" does not support the payload type " +
         std::string(type.name) + ": choose another serializer, or another type, such as raw bytes.";
}

Result<void> PayloadCodec::decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                                  void* into) const {
  const Serializer* serializer = serializer_for(type);
  if (!serializer) return Error{Errc::invalid_argument, unsupported_sentence(type)};
  return serializer->decode(bytes, type, into);
}

Result<void> PayloadCodec::encode(const PayloadType& type, const void* value, std::string& out) const {
  const Serializer* serializer = serializer_for(type);
  if (!serializer) return Error{Errc::invalid_argument, unsupported_sentence(type)};
  return serializer->encode(type, value, out);
}

}  // namespace nano
