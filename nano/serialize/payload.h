// Public header. Which C++ types can be payloads, and PayloadType: such a type described once, type-erased.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "nano/base/result.h"
#include "nano/base/type_name.h"
#include "nano/serialize/json.h"
#include "nano/serialize/json_shape.h"

namespace google::protobuf {
class Descriptor;
class MessageLite;
}  // namespace google::protobuf

namespace nano {

namespace detail {
class TextFields;
}

/// Payloads that only look at bytes that somebody else owns.
template <class T>
concept ViewPayload = std::same_as<T, std::string_view> || std::same_as<T, std::span<const std::uint8_t>>;

/// Payloads that are bytes already: they travel as they are, whatever the serializer.
template <class T>
concept RawPayload =
    ViewPayload<T> || std::same_as<T, std::string> || std::same_as<T, std::vector<std::uint8_t>>;

/// Generated protobuf messages. Include the message's .pb.h before asking.
template <class T>
concept ProtobufPayload = std::is_class_v<T> && std::is_convertible_v<T*, google::protobuf::MessageLite*>;

/// Classes described with BOOST_DESCRIBE_STRUCT (or BOOST_DESCRIBE_CLASS).
template <class T>
concept DescribedPayload = detail::DescribedClass<T> && !ProtobufPayload<T>;

/// Payloads with a JSON form: described classes, and what else json.h lists, such as vectors of them.
template <class T>
concept JsonPayload = JsonConvertible<T> && !RawPayload<T> && !ProtobufPayload<T>;

/// Every type that a handler can take and return and a push can carry.
template <class T>
concept Payload = RawPayload<T> || ProtobufPayload<T> || JsonPayload<T>;

/// What a Serializer needs to know of a payload's C++ type. The void pointers point to a value of that type.
/// Only the functions of the kind are set. Immutable, lives as long as the program, any thread; one for each
/// type, so addresses compare as types do.
struct PayloadType {
  enum class Kind {
    raw,      ///< RawPayload
    json,     ///< JsonPayload
    protobuf  ///< ProtobufPayload
  };

  std::string_view name;  ///< the C++ type, for sentences and logs
  Kind kind;

  /// Raw: sets the value to `bytes`. A ViewPayload then points to them, the others copy them.
  void (*assign)(std::span<const std::uint8_t> bytes, void* into) = nullptr;
  /// Raw: the value's bytes, valid as long as the value (of a ViewPayload: as long as what it points to).
  std::span<const std::uint8_t> (*view)(const void* value) = nullptr;

  /// Json: reads the value from a parsed document, or from null when there is none (an empty payload). Errors
  /// are Errc::bad_payload and name the member.
  Result<void> (*from_json)(const boost::json::value* json, void* into) = nullptr;
  /// Json: appends the value's JSON text to `out`. False, with `out` unchanged, when it is nested deeper than
  /// json_depth_max.
  bool (*to_json)(const void* value, std::string& out) = nullptr;
  /// Json: what the type looks like.
  const JsonShape& (*shape)() = nullptr;

  /// Protobuf: the same object as its base class.
  google::protobuf::MessageLite* (*mutable_message)(void* value) = nullptr;
  const google::protobuf::MessageLite* (*message)(const void* value) = nullptr;
  /// Protobuf: the message's name with its package, as "game.Position".
  std::string (*protobuf_name)() = nullptr;
  /// Protobuf: where the message can hold texts; null: nowhere, or it is of the lite runtime, which does not
  /// tell.
  const detail::TextFields* (*text_fields)() = nullptr;
};

namespace detail {

/// Null: messages of this kind, and messages within them, have no fields of type string.
const TextFields* text_fields(const google::protobuf::Descriptor* description);

template <RawPayload T>
constexpr PayloadType make_payload_type() {
  PayloadType type{.name = "raw bytes", .kind = PayloadType::Kind::raw};
  type.assign = [](std::span<const std::uint8_t> bytes, void* into) {
    if constexpr (std::same_as<T, std::span<const std::uint8_t>>) {
      *static_cast<T*>(into) = bytes;
    } else if constexpr (std::same_as<T, std::vector<std::uint8_t>>) {
      static_cast<T*>(into)->assign(bytes.begin(), bytes.end());
    } else {
      *static_cast<T*>(into) = std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
  };
  type.view = [](const void* value) -> std::span<const std::uint8_t> {
    const auto& bytes = *static_cast<const T*>(value);
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  };
  return type;
}

template <JsonPayload T>
constexpr PayloadType make_payload_type() {
  PayloadType type{.name = type_name<T>(), .kind = PayloadType::Kind::json};
  type.from_json = &read_json_erased<T>;
  type.to_json = [](const void* value, std::string& out) {
    return write_json_text(*static_cast<const T*>(value), out);
  };
  type.shape = &json_shape<T>;
  return type;
}

template <ProtobufPayload T>
constexpr PayloadType make_payload_type() {
  PayloadType type{.name = type_name<T>(), .kind = PayloadType::Kind::protobuf};
  type.mutable_message = [](void* value) -> google::protobuf::MessageLite* { return static_cast<T*>(value); };
  type.message = [](const void* value) -> const google::protobuf::MessageLite* {
    return static_cast<const T*>(value);
  };
  type.protobuf_name = [] { return std::string{T::default_instance().GetTypeName()}; };
  type.text_fields = []() -> const TextFields* {
    if constexpr (requires { T::descriptor(); }) {
      static const TextFields* const fields = text_fields(T::descriptor());
      return fields;
    }
    return nullptr;
  };
  return type;
}

template <class T>
inline constexpr PayloadType payload_type_of = make_payload_type<T>();

}  // namespace detail

/// The description of T.
template <Payload T>
const PayloadType& payload_type() {
  return detail::payload_type_of<T>;
}

}  // namespace nano
