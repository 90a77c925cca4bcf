#include "nano/serialize/json_read.h"

#include <charconv>
#include <cmath>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>

namespace nano::detail {
namespace {

// Enough for the values of a usual message, so that reading one allocates nothing but what it keeps.
constexpr std::size_t values_bytes = 4096;
// The parser's own stack of values and keys that are not yet complete.
constexpr std::size_t parser_bytes = 2048;

template <class Number>
std::string digits_of(Number number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

std::string number_text(const boost::json::value& json) {
  if (const auto* number = json.if_int64()) return digits_of(*number);
  if (const auto* number = json.if_uint64()) return digits_of(*number);
  if (std::isinf(json.get_double())) return "one beyond every limit";
  return digits_of(json.get_double());
}

bool fail_integer(const boost::json::value& json, const std::string& min, const std::string& max,
                  const JsonPlace& place) {
  if (!json.is_number()) return place.fail("a whole number", &json);
  return place.fail("a whole number from " + min + " to " + max, number_text(json));
}

Error bad_json(std::string sentence) { return {Errc::bad_payload, std::move(sentence)}; }

}  // namespace

bool fail_enum(const boost::json::value& json, std::string_view expected, const JsonPlace& place) {
  const boost::json::string* text = json.if_string();
  if (!text) return place.fail(expected, &json);
  return place.fail(expected, '"' + shortened({text->data(), text->size()}) + '"');
}

bool read_signed(const boost::json::value& json, std::int64_t min, std::int64_t max, std::int64_t& into,
                 const JsonPlace& place) {
  constexpr double beyond = 9223372036854775808.0;  // 2^63
  bool whole = true;
  if (const auto* number = json.if_int64()) {
    into = *number;
  } else if (const auto* real = json.if_double();
             real && *real >= -beyond && *real < beyond && std::trunc(*real) == *real) {
    into = static_cast<std::int64_t>(*real);
  } else {
    whole = false;  // Boost.JSON gives uint64 only for numbers that int64 can't hold
  }
  if (whole && into >= min && into <= max) return true;
  return fail_integer(json, digits_of(min), digits_of(max), place);
}

bool read_unsigned(const boost::json::value& json, std::uint64_t max, std::uint64_t& into,
                   const JsonPlace& place) {
  constexpr double beyond = 18446744073709551616.0;  // 2^64
  bool whole = true;
  if (const auto* number = json.if_int64(); number && *number >= 0) {
    into = static_cast<std::uint64_t>(*number);
  } else if (const auto* large = json.if_uint64()) {
    into = *large;
  } else if (const auto* real = json.if_double();
             real && *real >= 0 && *real < beyond && std::trunc(*real) == *real) {
    into = static_cast<std::uint64_t>(*real);
  } else {
    whole = false;
  }
  if (whole && into <= max) return true;
  return fail_integer(json, "0", digits_of(max), place);
}

bool read_double(const boost::json::value& json, double max, double& into, const JsonPlace& place) {
  if (const auto* real = json.if_double()) {
    into = *real;
  } else if (const auto* number = json.if_int64()) {
    into = static_cast<double>(*number);
  } else if (const auto* large = json.if_uint64()) {
    into = static_cast<double>(*large);
  } else {
    return place.fail("a number", &json);
  }
  if (std::abs(into) <= max) return true;
  return place.fail("a number of at most " + digits_of(max), number_text(json));
}

Result<void> read_json_text(std::string_view text, Result<void> (*read)(const boost::json::value*, void*),
                            void* into) {
  if (text.empty()) return read(nullptr, into);

  unsigned char values_memory[values_bytes];
  unsigned char parser_memory[parser_bytes];
  boost::json::monotonic_resource values{values_memory, sizeof values_memory};
  boost::json::parse_options options;
  options.max_depth = json_depth_max;
  boost::json::parser parser{{}, options, parser_memory, sizeof parser_memory};
  parser.reset(&values);

  boost::json::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (error == boost::json::error::incomplete) return bad_json("the JSON ends too early");
  if (error == boost::json::error::too_deep) {
    return bad_json("the JSON is nested deeper than " + std::to_string(json_depth_max) + " levels");
  }
  if (error) return bad_json("the JSON is wrong at byte " + std::to_string(used));
  if (used < text.size()) return bad_json("something follows the JSON at byte " + std::to_string(used));

  const boost::json::value document = parser.release();
  return read(&document, into);
}

}  // namespace nano::detail
