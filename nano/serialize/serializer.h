// Public header. Serializer: how payloads become bytes; JSON, protobuf, raw, and the application's own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "nano/base/result.h"
#include "nano/serialize/payload.h"

namespace nano {

/// Turns payloads into bytes and back. An application chooses one; derive from it for formats of your own
/// (for JsonPayload types, PayloadType gives and takes JSON, from which most formats can be made).
/// Stateless: all functions are called from any thread, also at the same time.
class Serializer {
 public:
  virtual ~Serializer() = default;

  /// For sentences and logs: "json".
  virtual std::string_view name() const = 0;

  /// Whether decode() and encode() take this type. Raw payloads are not asked about: they never come here.
  virtual bool supports(const PayloadType& type) const = 0;

  /// Reads `bytes` into the value at `into`, which is fresh from its default constructor. Errors are
  /// Errc::bad_payload with a sentence for whoever sent the bytes; the value is then in any valid state.
  /// What was read owns its memory. Only for types that are supported.
  virtual Result<void> decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                              void* into) const = 0;

  /// Appends the bytes of `value` to `out`; on an error `out` is as before. Only for types that are
  /// supported.
  virtual Result<void> encode(const PayloadType& type, const void* value, std::string& out) const = 0;

  /// The payload of a response without a value. Clients that parse every payload can't take an empty one.
  virtual std::string_view empty_response() const { return {}; }
};

/// JsonPayload types as JSON (json.h says how).
class JsonSerializer final : public Serializer {
 public:
  std::string_view name() const override { return "json"; }
  bool supports(const PayloadType& type) const override;
  Result<void> decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                      void* into) const override;
  Result<void> encode(const PayloadType& type, const void* value, std::string& out) const override;
  std::string_view empty_response() const override { return "{}"; }
};

/// Protobuf messages in protobuf's binary format. A message that lacks a required field (proto2) is an error
/// both ways. Fields of type string are UTF-8: what comes in has its surrogates joined as JSON text has
/// (json.h), and other bytes are an error that names the field; what goes out has U+FFFD in their place, of
/// which libprotobuf writes a line, too (ProtobufLog). Messages of the lite runtime have no description to go
/// by: what comes in is left to protobuf, what goes out as it is.
class ProtobufSerializer final : public Serializer {
 public:
  std::string_view name() const override { return "protobuf"; }
  bool supports(const PayloadType& type) const override;
  Result<void> decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                      void* into) const override;
  Result<void> encode(const PayloadType& type, const void* value, std::string& out) const override;
};

/// For applications whose payloads are all bytes.
class RawSerializer final : public Serializer {
 public:
  std::string_view name() const override { return "raw"; }
  bool supports(const PayloadType& type) const override;
  Result<void> decode(std::span<const std::uint8_t> bytes, const PayloadType& type,
                      void* into) const override;
  Result<void> encode(const PayloadType& type, const void* value, std::string& out) const override;
};

/// Picks the serializer for each type: raw payloads go as they are; then the application's serializer, if it
/// supports the type; then protobuf for protobuf messages. Any thread; copies are cheap.
class PayloadCodec {
 public:
  /// Throws std::invalid_argument when `serializer` is null.
  explicit PayloadCodec(std::shared_ptr<const Serializer> serializer = std::make_shared<JsonSerializer>());

  bool supports(const PayloadType& type) const { return serializer_for(type) != nullptr; }
  /// Why the type is not supported and what to change, for those who refuse it at start-up.
  std::string unsupported_sentence(const PayloadType& type) const;

  /// As Serializer::decode(), but a ViewPayload afterwards points into `bytes`. A type that is not supported
  /// is an error with unsupported_sentence(), Errc::invalid_argument.
  Result<void> decode(std::span<const std::uint8_t> bytes, const PayloadType& type, void* into) const;
  template <Payload T>
  Result<T> decode(std::span<const std::uint8_t> bytes) const {
    T value{};
    if (auto decoded = decode(bytes, payload_type<T>(), &value); !decoded) return decoded.error();
    return value;
  }

  /// As Serializer::encode(); a type that is not supported as in decode().
  Result<void> encode(const PayloadType& type, const void* value, std::string& out) const;
  template <Payload T>
  Result<void> encode(const T& value, std::string& out) const {
    return encode(payload_type<T>(), &value, out);
  }

  /// The payload of a response without a value.
  std::string_view empty_response() const { return serializer_->empty_response(); }

  const Serializer& serializer() const { return *serializer_; }

 private:
  const Serializer* serializer_for(const PayloadType& type) const;

  std::shared_ptr<const Serializer> serializer_;
  ProtobufSerializer protobuf_;
  RawSerializer raw_;
};

}  // namespace nano
