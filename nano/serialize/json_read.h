// Internal header. From parsed JSON to C++ values (see json.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/json/value.hpp>

#include "nano/base/result.h"
#include "nano/serialize/json_place.h"
#include "nano/serialize/json_types.h"

namespace nano::detail {

bool read_signed(const boost::json::value& json, std::int64_t min, std::int64_t max, std::int64_t& into,
                 const JsonPlace& place);
bool read_unsigned(const boost::json::value& json, std::uint64_t max, std::uint64_t& into,
                   const JsonPlace& place);
bool read_double(const boost::json::value& json, double max, double& into, const JsonPlace& place);
bool fail_enum(const boost::json::value& json, std::string_view expected, const JsonPlace& place);

template <class T>
bool read_json(const boost::json::value& json, T& into, const JsonPlace& place);

template <JsonInteger T>
bool read_integer(const boost::json::value& json, T& into, const JsonPlace& place) {
  using Limits = std::numeric_limits<T>;
  std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t> wide = 0;
  bool ok = false;
  if constexpr (std::is_signed_v<T>) {
    ok = read_signed(json, Limits::min(), Limits::max(), wide, place);
  } else {
    ok = read_unsigned(json, Limits::max(), wide, place);
  }
  if (ok) into = static_cast<T>(wide);
  return ok;
}

template <class T>
bool read_enum(const boost::json::value& json, T& into, const JsonPlace& place) {
  if constexpr (DescribedEnum<T>) {
    bool found = false;
    if (const boost::json::string* text = json.if_string()) {
      const std::string_view wanted{text->data(), text->size()};
      each_enumerator<T>([&](T value, std::string_view name) {
        if (found || name != wanted) return;
        into = value;
        found = true;
      });
    }
    return found || fail_enum(json, expected_json<T>(), place);
  } else {
    // The underlying type may be bool or a character type, which are no JsonInteger.
    using Number =
        std::conditional_t<std::is_signed_v<std::underlying_type_t<T>>, std::int64_t, std::uint64_t>;
    using Limits = std::numeric_limits<std::underlying_type_t<T>>;
    Number number = 0;
    bool ok = false;
    if constexpr (std::is_signed_v<Number>) {
      ok = read_signed(json, Limits::min(), Limits::max(), number, place);
    } else {
      ok = read_unsigned(json, Limits::max(), number, place);
    }
    if (ok) into = static_cast<T>(number);
    return ok;
  }
}

template <class T>
bool read_vector(const boost::json::value& json, T& into, const JsonPlace& place) {
  const boost::json::array* elements = json.if_array();
  if (!elements) return place.fail("an array", &json);
  into.clear();
  into.reserve(elements->size());
  std::size_t index = 0;
  for (const boost::json::value& element : *elements) {
    typename T::value_type value{};
    if (!read_json(element, value, JsonPlace{place, index++})) return false;
    into.push_back(std::move(value));
  }
  return true;
}

template <class T>
bool read_array(const boost::json::value& json, T& into, const JsonPlace& place) {
  const boost::json::array* elements = json.if_array();
  if (!elements) return place.fail(expected_json<T>(), &json);
  if (elements->size() != into.size()) {
    return place.fail(expected_json<T>(), "one of length " + std::to_string(elements->size()));
  }
  for (std::size_t index = 0; index < into.size(); ++index) {
    if (!read_json((*elements)[index], into[index], JsonPlace{place, index})) return false;
  }
  return true;
}

template <class T>
bool read_map(const boost::json::value& json, T& into, const JsonPlace& place) {
  const boost::json::object* members = json.if_object();
  if (!members) return place.fail("an object", &json);
  into.clear();
  for (const auto& member : *members) {
    const std::string_view key{member.key().data(), member.key().size()};
    if (!read_json(member.value(), into[std::string(key)], JsonPlace{place, key})) return false;
  }
  return true;
}

/// The member of that name, or null. Senders mostly keep the order of the class, so position `guess` is
/// tried first.
inline const boost::json::value* find_member(const boost::json::object& members, std::string_view name,
                                             std::size_t guess) {
  if (guess < members.size()) {
    const boost::json::key_value_pair& member = members.begin()[guess];
    if (std::string_view{member.key().data(), member.key().size()} == name) return &member.value();
  }
  return members.if_contains({name.data(), name.size()});
}

template <class T>
bool read_class(const boost::json::value& json, T& into, const JsonPlace& place) {
  const boost::json::object* members = json.if_object();
  if (!members) return place.fail("an object", &json);
  std::size_t position = 0;
  return all_members<T>([&](auto member) {
    constexpr std::string_view name = json_name(decltype(member)::name);
    auto& target = into.*decltype(member)::pointer;
    using Target = std::remove_reference_t<decltype(target)>;
    const boost::json::value* value = find_member(*members, name, position++);
    const JsonPlace here{place, name};
    if (value) return read_json(*value, target, here);
    if constexpr (is_optional<Target>) {
      target.reset();
      return true;
    } else {
      return here.fail(expected_json<Target>(), nullptr);
    }
  });
}

template <class T>
bool read_tree(const boost::json::value& json, T& into, const JsonPlace& place) {
  if constexpr (std::is_same_v<T, boost::json::object>) {
    if (!json.is_object()) return place.fail("an object", &json);
    into = json.get_object();
  } else if constexpr (std::is_same_v<T, boost::json::array>) {
    if (!json.is_array()) return place.fail("an array", &json);
    into = json.get_array();
  } else {
    into = json;  // copies into the target's own storage, out of the parser's
  }
  return true;
}

template <class T>
bool read_json(const boost::json::value& json, T& into, const JsonPlace& place) {
  require_json_form<T>();
  if constexpr (is_optional<T>) {
    if (json.is_null()) return into.reset(), true;
    return read_json(json, into.emplace(), place);
  } else if constexpr (std::is_same_v<T, std::string>) {
    const boost::json::string* text = json.if_string();
    if (!text) return place.fail("a string", &json);
    into.assign(text->data(), text->size());
    return true;
  } else if constexpr (std::is_same_v<T, bool>) {
    const bool* flag = json.if_bool();
    if (!flag) return place.fail("true or false", &json);
    into = *flag;
    return true;
  } else if constexpr (JsonInteger<T>) {
    return read_integer(json, into, place);
  } else if constexpr (JsonFloat<T>) {
    double number = 0;
    if (!read_double(json, std::numeric_limits<T>::max(), number, place)) return false;
    into = static_cast<T>(number);
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    return read_enum(json, into, place);
  } else if constexpr (is_vector<T>) {
    return read_vector(json, into, place);
  } else if constexpr (is_array<T>) {
    return read_array(json, into, place);
  } else if constexpr (is_ordered_map<T> || is_unordered_map<T>) {
    return read_map(json, into, place);
  } else if constexpr (JsonTree<T>) {
    return read_tree(json, into, place);
  } else if constexpr (has_json_form<T>()) {
    return read_class(json, into, place);
  } else {
    return false;
  }
}

/// read_json() with the type erased. `json` is null when there is no JSON at all (an empty payload).
template <class T>
Result<void> read_json_erased(const boost::json::value* json, void* into) {
  std::string problem;
  const JsonPlace root{problem};
  auto& value = *static_cast<T*>(into);
  if (json) {
    if (read_json(*json, value, root)) return {};
  } else if constexpr (is_optional<T>) {
    value.reset();
    return {};
  } else {
    root.fail(expected_json<T>(), nullptr);
  }
  return Error{Errc::bad_payload, std::move(problem)};
}

/// As read_json_erased().
using ReadDocument = Result<void> (*)(const boost::json::value* json, void* into);

/// Parses `text` and hands the document to `read`; it lives until `read` returns.
Result<void> read_json_text(std::string_view text, ReadDocument read, void* into);

}  // namespace nano::detail
