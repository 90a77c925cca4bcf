// Internal header. Where in a JSON document a value is, and the sentences about what is wrong there.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>

#include <boost/json/value.hpp>

#include "nano/serialize/json_types.h"

namespace nano::detail {

/// Where in the document a value is. Lives on the stack while the value is read, linked to the place
/// it is in, so that paths cost nothing until one is needed.
class JsonPlace {
 public:
  /// The whole document. The sentence about what is wrong goes to `problem`.
  explicit JsonPlace(std::string& problem) : problem_(problem) {}
  JsonPlace(const JsonPlace& parent, std::string_view member)
      : problem_(parent.problem_), parent_(&parent), member_(member) {}
  JsonPlace(const JsonPlace& parent, std::size_t index)
      : problem_(parent.problem_), parent_(&parent), index_(index) {}
  JsonPlace(const JsonPlace&) = delete;
  JsonPlace& operator=(const JsonPlace&) = delete;

  /// Each writes the sentence and returns false.
  bool fail(std::string_view expected, std::string_view got) const;
  /// `got`, or nothing when it is null, is of another type than expected.
  bool fail(std::string_view expected, const boost::json::value* got) const;

 private:
  void append_path(std::string& path) const;

  std::string& problem_;
  const JsonPlace* parent_ = nullptr;
  std::string_view member_;  // data() is null in an element of an array
  std::size_t index_ = 0;
};

/// A text of the other side as our sentences quote it: cut to a length, so that an error is not much larger
/// than what caused it.
std::string shortened(std::string_view text);

/// What a value of type T looks like, for error sentences.
template <class T>
std::string expected_json() {
  if constexpr (is_optional<T>) {
    return expected_json<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "a string";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "true or false";
  } else if constexpr (JsonFloat<T>) {
    return "a number";
  } else if constexpr (DescribedEnum<T>) {
    std::string names;
    each_enumerator<T>([&](T, std::string_view name) {
      names += names.empty() ? "one of \"" : ", \"";
      names.append(name).push_back('"');
    });
    return names;
  } else if constexpr (JsonInteger<T> || std::is_enum_v<T>) {
    return "a whole number";
  } else if constexpr (std::is_same_v<T, boost::json::value>) {
    return "a value";
  } else if constexpr (is_array<T>) {
    return "an array of length " + std::to_string(std::tuple_size_v<T>);
  } else if constexpr (is_vector<T> || std::is_same_v<T, boost::json::array>) {
    return "an array";
  } else {
    return "an object";
  }
}

}  // namespace nano::detail
