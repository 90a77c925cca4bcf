// Internal header. JsonShape: what a type looks like in JSON, for those who describe routes to clients.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "nano/base/type_name.h"
#include "nano/serialize/json_types.h"

namespace nano {

/// One for each type, for the program's life; immutable. Types may contain themselves, so shapes refer to
/// others by functions.
struct JsonShape {
  enum class Kind {
    string,
    boolean,
    integer,      ///< from `min` to `max`
    number,       ///< with a fraction
    any,          ///< boost::json::value
    any_object,   ///< boost::json::object
    any_array,    ///< boost::json::array
    optional,     ///< `element`, or null; as a member it may be missing
    list,         ///< of `element`
    fixed_list,   ///< of `count` times `element`
    map,          ///< from strings to `element`
    object,       ///< with `members`
    enumeration,  ///< one of `names`, as a string
  };
  using Ref = const JsonShape& (*)();
  struct Member {
    std::string_view name;
    Ref shape;
  };

  Kind kind;
  std::string_view type_name = {};  ///< object, enumeration: the C++ type with its namespaces
  Ref element = nullptr;
  std::size_t count = 0;
  std::int64_t min = 0;
  std::uint64_t max = 0;
  std::span<const Member> members = {};
  std::span<const std::string_view> names = {};
};

}  // namespace nano

namespace nano::detail {

template <class T>
const JsonShape& json_shape();

template <class T>
constexpr auto make_json_members() {
  return []<template <class...> class List, class... Described>(List<Described...>) {
    return std::array<JsonShape::Member, sizeof...(Described)>{JsonShape::Member{
        json_name(Described::name),
        &json_shape<std::remove_cvref_t<decltype(std::declval<T&>().*Described::pointer)>>}...};
  }(MembersOf<T>{});
}

template <class T>
constexpr auto make_enumerator_names() {
  return []<template <class...> class List, class... Described>(List<Described...>) {
    return std::array<std::string_view, sizeof...(Described)>{json_name(Described::name)...};
  }(boost::describe::describe_enumerators<T>{});
}

template <class T>
inline constexpr auto json_members_of = make_json_members<T>();
template <class T>
inline constexpr auto enumerator_names_of = make_enumerator_names<T>();

template <class T>
constexpr JsonShape make_integer_shape() {
  using Limits = std::numeric_limits<T>;
  return {.kind = JsonShape::Kind::integer,
          .min = static_cast<std::int64_t>(Limits::min()),
          .max = static_cast<std::uint64_t>(Limits::max())};
}

template <class T>
constexpr JsonShape make_json_shape() {
  using Kind = JsonShape::Kind;
  if constexpr (std::is_same_v<T, std::string>) {
    return {.kind = Kind::string};
  } else if constexpr (std::is_same_v<T, bool>) {
    return {.kind = Kind::boolean};
  } else if constexpr (DescribedEnum<T>) {
    return {.kind = Kind::enumeration, .type_name = type_name<T>(), .names = enumerator_names_of<T>};
  } else if constexpr (std::is_enum_v<T>) {
    return make_integer_shape<std::underlying_type_t<T>>();
  } else if constexpr (JsonInteger<T>) {
    return make_integer_shape<T>();
  } else if constexpr (JsonFloat<T>) {
    return {.kind = Kind::number};
  } else if constexpr (std::is_same_v<T, boost::json::value>) {
    return {.kind = Kind::any};
  } else if constexpr (std::is_same_v<T, boost::json::object>) {
    return {.kind = Kind::any_object};
  } else if constexpr (std::is_same_v<T, boost::json::array>) {
    return {.kind = Kind::any_array};
  } else if constexpr (is_optional<T>) {
    return {.kind = Kind::optional, .element = &json_shape<typename T::value_type>};
  } else if constexpr (is_vector<T>) {
    return {.kind = Kind::list, .element = &json_shape<typename T::value_type>};
  } else if constexpr (is_array<T>) {
    return {.kind = Kind::fixed_list,
            .element = &json_shape<typename T::value_type>,
            .count = std::tuple_size_v<T>};
  } else if constexpr (is_ordered_map<T> || is_unordered_map<T>) {
    return {.kind = Kind::map, .element = &json_shape<typename T::mapped_type>};
  } else {
    require_json_form<T>();
    return {.kind = Kind::object, .type_name = type_name<T>(), .members = json_members_of<T>};
  }
}

template <class T>
inline constexpr JsonShape json_shape_of = make_json_shape<T>();

/// The shape of T.
template <class T>
const JsonShape& json_shape() {
  return json_shape_of<T>;
}

}  // namespace nano::detail
