// Public header. JSON text from C++ values and back, by their Boost.Describe descriptions.
//
// The JSON form of a type:
//   std::string                         string
//   bool                                true, false
//   integers, float, double             number; NaN and the infinities are written as null
//   enums with BOOST_DESCRIBE_ENUM      string, the enumerator's name (nameless values: number)
//   other enums                         number
//   std::optional<T>                    as T; an empty one is null, as a member it is left out
//   std::vector<T>, std::array<T, N>    array
//   std::map<std::string, T>            object, in the map's order
//   std::unordered_map<std::string, T>  object, sorted by key (clients can choose keys that collide: for what
//                                       comes from clients take std::map)
//   classes with BOOST_DESCRIBE_STRUCT  object; public data members in the order described, bases first
//   boost::json::value, object, array   itself
//
// A member is called in JSON what it is called in C++, without one trailing underscore, so that `default_`
// can stand for "default"; enumerators likewise.
//
// Reading ignores members that the class does not have. A member that is missing or null is an error unless
// it is a std::optional. The last of two members of the same name counts. Whole numbers may be written as 3.0
// and must fit the type. A number with a fraction may come out of Boost.JSON's parser a few units off in the
// 16th digit. Two halves of a character (surrogates) that stand one after the other, each as an escape or
// encoded by itself, are the character; a half that stands alone is U+FFFD. Other bytes that are not UTF-8
// are an error. The sentence of an error names the member by its path and says what
// was expected: `member "items[2].price": expected a number, got a string`.
//
// Writing joins surrogates in the same way, and replaces each other byte that is not valid UTF-8 by U+FFFD.
// The same value gives the same text.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "nano/base/result.h"
#include "nano/serialize/json_read.h"
#include "nano/serialize/json_types.h"
#include "nano/serialize/json_write.h"

namespace nano {

/// Types with a JSON form (see above).
template <class T>
concept JsonConvertible = detail::has_json_form<T>();

/// The JSON text of `value`. Throws std::length_error if it is nested deeper than json_depth_max. Any thread.
template <JsonConvertible T>
std::string to_json(const T& value) {
  std::string out;
  if (!detail::write_json_text(value, out)) throw std::length_error(std::string(detail::too_deep_sentence));
  return out;
}

/// The value that `json` describes; errors are Errc::bad_payload with a sentence. T has a default
/// constructor. The result owns all it holds. Any thread.
template <JsonConvertible T>
Result<T> from_json(std::string_view json) {
  T value{};
  if (auto read = detail::read_json_text(json, &detail::read_json_erased<T>, &value); !read) {
    return read.error();
  }
  return value;
}

}  // namespace nano
