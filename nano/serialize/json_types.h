// Internal header. Which C++ types have a JSON form, and how described members are called in it.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/fwd.hpp>
#include <boost/mp11/algorithm.hpp>

#include "nano/base/limits.h"

namespace nano {

/// Arrays and objects within each other, when reading and when writing.
inline constexpr std::size_t json_depth_max = limits::json_depth;

}  // namespace nano

namespace nano::detail {

template <class T, class... Others>
inline constexpr bool is_one_of = (std::is_same_v<T, Others> || ...);

/// Characters are integers to C++, but nobody means a number by them.
template <class T>
concept JsonInteger = std::integral<T> && !is_one_of<T, bool, char, wchar_t, char8_t, char16_t, char32_t>;
template <class T>
concept JsonFloat = is_one_of<T, float, double>;
template <class T>
concept JsonTree = is_one_of<T, boost::json::value, boost::json::object, boost::json::array>;
template <class T>
concept DescribedClass = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t size>
inline constexpr bool is_array<std::array<T, size>> = true;

template <class T>
inline constexpr bool is_ordered_map = false;
template <class T, class C, class A>
inline constexpr bool is_ordered_map<std::map<std::string, T, C, A>> = true;

template <class T>
inline constexpr bool is_unordered_map = false;
template <class T, class H, class E, class A>
inline constexpr bool is_unordered_map<std::unordered_map<std::string, T, H, E, A>> = true;

/// Members of a described class are not looked at here: classes may contain themselves through a vector. A
/// member without a JSON form is reported where it is converted.
template <class T>
constexpr bool has_json_form() {
  if constexpr (is_optional<T> || is_vector<T> || is_array<T>) {
    return has_json_form<typename T::value_type>();
  } else if constexpr (is_ordered_map<T> || is_unordered_map<T>) {
    return has_json_form<typename T::mapped_type>();
  } else {
    return std::is_same_v<T, std::string> || std::is_same_v<T, bool> || JsonInteger<T> || JsonFloat<T> ||
           std::is_enum_v<T> || JsonTree<T> || DescribedClass<T>;
  }
}

template <class T>
constexpr void require_json_form() {
  static_assert(
      has_json_form<T>(),
      "A member of this payload has no JSON form. Describe its class with BOOST_DESCRIBE_STRUCT, or "
      "take one of the types that nano/serialize/json.h lists (std::string, not std::string_view).");
}

/// A name as C++ spells it, without the underscore that ends it where it would be a keyword (`default_`).
constexpr std::string_view json_name(std::string_view name) {
  if (name.size() > 1 && name.back() == '_') name.remove_suffix(1);
  return name;
}

/// The public data members of T, those of its described bases first, as boost::describe descriptors.
template <class T>
using MembersOf =
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// Calls `visit(descriptor)` for each member until one returns false; returns whether none did.
template <class T, class Visit>
bool all_members(Visit&& visit) {
  return [&]<template <class...> class List, class... Member>(List<Member...>) {
    return (visit(Member{}) && ...);
  }(MembersOf<T>{});
}

/// Names both sides of a boost::describe enum: calls `visit(value, name)` for each enumerator.
template <DescribedEnum T, class Visit>
void each_enumerator(Visit&& visit) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
      [&](auto enumerator) { visit(enumerator.value, json_name(enumerator.name)); });
}

}  // namespace nano::detail
