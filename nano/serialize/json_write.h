// Internal header. From C++ values to JSON text, without a tree in between (see json.h).
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "nano/serialize/json_types.h"

namespace nano::detail {

inline constexpr std::string_view too_deep_sentence =
    "the value is nested too deeply for JSON: more than 64 levels";

/// Appends JSON to a string. It keeps the commas and the depth; the caller keeps brackets in pairs.
class JsonWriter {
 public:
  /// `out` outlives the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  void null() { out_ += "null"; }
  void boolean(bool value) { out_ += value ? "true" : "false"; }
  void text(std::string_view value);
  void real(double value);
  void real(float value);
  template <std::integral T>
  void integer(T value) {
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  void tree(const boost::json::value& value);
  void tree(const boost::json::object& value);
  void tree(const boost::json::array& value);

  /// Begins an object or array. False at the depth limit: then null stands in its place and the text is to be
  /// thrown away.
  bool open(char bracket);
  void close(char bracket) {
    out_ += bracket;
    --depth_;
  }
  /// Before each element of an array.
  void element() {
    if (out_.back() != '[') out_ += ',';
  }
  /// Before each member of an object; the name of a C++ member, which has nothing to escape.
  void member(std::string_view name) {
    out_ += out_.back() == '{' ? "\"" : ",\"";
    out_ += name;
    out_ += "\":";
  }
  /// Before each member of an object, with any text as its key.
  void key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    text(name);
    out_ += ':';
  }

  bool too_deep() const { return too_deep_; }

 private:
  std::string& out_;
  std::size_t depth_ = 0;
  bool too_deep_ = false;
};

template <class T>
void write_json(const T& value, JsonWriter& to);

template <class T>
void write_enum(T value, JsonWriter& to) {
  if constexpr (DescribedEnum<T>) {
    bool found = false;
    each_enumerator<T>([&](T candidate, std::string_view name) {
      if (found || candidate != value) return;
      to.text(name);
      found = true;
    });
    if (found) return;
  }
  using Number = std::underlying_type_t<T>;
  to.integer(static_cast<std::conditional_t<std::is_signed_v<Number>, std::int64_t, std::uint64_t>>(value));
}

template <class T>
void write_elements(const T& values, JsonWriter& to) {
  if (!to.open('[')) return;
  for (const auto& value : values) {
    to.element();
    write_json<typename T::value_type>(value, to);
  }
  to.close(']');
}

template <class T>
void write_map(const T& map, JsonWriter& to) {
  if (!to.open('{')) return;
  if constexpr (is_unordered_map<T>) {
    std::vector<const typename T::value_type*> sorted;
    sorted.reserve(map.size());
    for (const auto& entry : map) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->first < b->first; });
    for (const auto* entry : sorted) {
      to.key(entry->first);
      write_json(entry->second, to);
    }
  } else {
    for (const auto& [name, value] : map) {
      to.key(name);
      write_json(value, to);
    }
  }
  to.close('}');
}

template <class T>
void write_class(const T& value, JsonWriter& to) {
  if (!to.open('{')) return;
  all_members<T>([&](auto member) {
    const auto& field = value.*decltype(member)::pointer;
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (is_optional<Field>) {
      if (!field) return true;
    }
    to.member(json_name(decltype(member)::name));
    write_json<Field>(field, to);
    return true;
  });
  to.close('}');
}

template <class T>
void write_json(const T& value, JsonWriter& to) {
  require_json_form<T>();
  if constexpr (is_optional<T>) {
    value ? write_json(*value, to) : to.null();
  } else if constexpr (std::is_same_v<T, std::string>) {
    to.text(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    to.boolean(value);
  } else if constexpr (JsonInteger<T>) {
    to.integer(value);
  } else if constexpr (JsonFloat<T>) {
    to.real(value);
  } else if constexpr (std::is_enum_v<T>) {
    write_enum(value, to);
  } else if constexpr (is_vector<T> || is_array<T>) {
    write_elements(value, to);
  } else if constexpr (is_ordered_map<T> || is_unordered_map<T>) {
    write_map(value, to);
  } else if constexpr (JsonTree<T>) {
    to.tree(value);
  } else if constexpr (has_json_form<T>()) {
    write_class(value, to);
  }
}

/// Appends the JSON of `value` to `out`. False, with `out` as it was, when it is nested too deeply.
template <class T>
bool write_json_text(const T& value, std::string& out) {
  const std::size_t before = out.size();
  JsonWriter writer{out};
  write_json(value, writer);
  if (writer.too_deep()) out.resize(before);
  return !writer.too_deep();
}

}  // namespace nano::detail
