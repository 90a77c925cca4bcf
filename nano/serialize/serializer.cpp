#include "nano/serialize/serializer.h"

#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include <google/protobuf/message_lite.h>

#include "nano/serialize/protobuf_text.h"

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

// Protobuf's parse and serialize functions without "Partial" in their names complain about required fields on
// standard error, where any client could fill the log; so that check is made here.
Result<void> ProtobufSerializer::decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                                        void* into) const {
  google::protobuf::MessageLite& message = *type.mutable_message(into);
  const bool too_large = bytes.size() > std::numeric_limits<int>::max();
  std::optional<std::string> mended;
  if (const auto* fields = type.text_fields(); fields && !too_large) {
    auto texts = detail::mend_texts({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, *fields);
    if (!texts) return texts.error();
    mended = std::move(*texts);
  }
  const void* data = mended ? static_cast<const void*>(mended->data()) : bytes.data();
  const std::size_t size = mended ? mended->size() : bytes.size();
  if (too_large || !message.ParsePartialFromArray(data, static_cast<int>(size))) {
    return Error{Errc::bad_payload, "the bytes are no protobuf message " + message.GetTypeName()};
  }
  if (!message.IsInitialized()) {
    return Error{Errc::bad_payload, "the protobuf message " + message.GetTypeName() +
                                        " lacks: " + message.InitializationErrorString()};
  }
  return {};
}

Result<void> ProtobufSerializer::encode(const PayloadType& type, const void* value, std::string& out) const {
  const google::protobuf::MessageLite& message = *type.message(value);
  if (!message.IsInitialized()) {
    return Error{Errc::invalid_argument, "the protobuf message " + message.GetTypeName() +
                                             " lacks: " + message.InitializationErrorString()};
  }
  const std::size_t size_before = out.size();
  if (message.ByteSizeLong() > std::numeric_limits<int>::max() || !message.AppendPartialToString(&out)) {
    return Error{Errc::invalid_argument,
                 "the protobuf message " + message.GetTypeName() + " is larger than 2 GiB"};
  }
  if (const auto* fields = type.text_fields()) {
    auto mended = detail::replace_invalid_texts(std::string_view{out}.substr(size_before), *fields);
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
