#include "nano/serialize/json_read.h"

#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>

#include "protocol/surrogates.h"
#include "protocol/utf8.h"

namespace nano::detail {
namespace {

/// What a document is read in, so that reading one allocates nothing but what it keeps. Enough for whatever a
/// packet of the usual size may hold: 64 KiB of "1," are 32,768 values of 24 bytes. To make room for them
/// step by step would cost several times what it costs to read them.
struct Memory {
  unsigned char values[std::size_t{1} << 20];
  unsigned char parser[std::size_t{1} << 20];  ///< its own stack of values and keys that are not yet complete
};

/// Kept for the thread's next document. Pages that no document has reached cost nothing.
thread_local std::unique_ptr<Memory> spare_memory;

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

namespace {

struct Fault {
  boost::json::error_code code;
  std::size_t at = 0;

  explicit operator bool() const { return code.failed(); }
};

/// Hands the document to `use`, unless there is a fault in the text.
template <class Use>
Fault parse(std::string_view text, bool checks_utf8, Use&& use) {
  // What `use` calls may read JSON, too: in other memory.
  std::unique_ptr<Memory> memory = std::exchange(spare_memory, nullptr);
  if (!memory) memory = std::make_unique_for_overwrite<Memory>();
  boost::json::monotonic_resource values{memory->values, sizeof memory->values};
  boost::json::parse_options options;
  options.max_depth = json_depth_max;
  options.allow_invalid_utf8 = !checks_utf8;
  boost::json::parser parser{{}, options, memory->parser, sizeof memory->parser};
  parser.reset(&values);

  Fault fault;
  fault.at = parser.write_some(text.data(), text.size(), fault.code);
  if (!fault && fault.at < text.size()) fault.code = boost::json::error::extra_data;
  if (!fault) {
    const boost::json::value document = parser.release();
    use(document);
  }
  spare_memory = std::move(memory);
  return fault;
}

Error sentence_of(const Fault& fault, std::string_view what) {
  const std::string subject{what};
  if (fault.code == boost::json::error::incomplete) return bad_json(subject + " ends too early");
  if (fault.code == boost::json::error::too_deep) {
    return bad_json(subject + " is nested deeper than " + std::to_string(json_depth_max) + " levels");
  }
  const std::string place = "at byte " + std::to_string(fault.at);
  if (fault.code == boost::json::error::extra_data) return bad_json("something follows the JSON " + place);
  return bad_json(subject + " is wrong " + place);
}

/// Names the first text that is not UTF-8, and returns false.
bool check_texts(const boost::json::value& json, const JsonPlace& place) {
  if (const boost::json::string* text = json.if_string()) {
    return protocol::is_utf8({text->data(), text->size()}) || place.fail("UTF-8 text", "other bytes");
  }
  if (const boost::json::array* elements = json.if_array()) {
    for (std::size_t index = 0; index < elements->size(); ++index) {
      if (!check_texts((*elements)[index], JsonPlace{place, index})) return false;
    }
  } else if (const boost::json::object* members = json.if_object()) {
    for (const boost::json::key_value_pair& member : *members) {
      const std::string_view key{member.key().data(), member.key().size()};
      const JsonPlace here{place, key};
      if (!protocol::is_utf8(key)) return here.fail("a name in UTF-8", "other bytes");
      if (!check_texts(member.value(), here)) return false;
    }
  }
  return true;
}

/// For text with a fault: it may only have surrogates, which many clients write. They are not looked for
/// before, so that all other text costs nothing more.
Result<void> read_faulty_text(std::string_view text, Fault fault, ReadDocument read, void* into) {
  const std::string joined = protocol::join_json_surrogates(text);
  const bool has_surrogates = joined != text;
  if (has_surrogates) {
    Result<void> result;
    fault = parse(joined, true, [&](const boost::json::value& json) { result = read(&json, into); });
    if (!fault) return result;
  }
  if (!protocol::is_utf8(joined)) {
    std::string problem;
    parse(joined, false, [&](const boost::json::value& json) { check_texts(json, JsonPlace{problem}); });
    if (!problem.empty()) return bad_json(std::move(problem));
  }
  return sentence_of(fault, has_surrogates ? "the JSON, its surrogates joined," : "the JSON");
}

}  // namespace

Result<void> read_json_text(std::string_view text, ReadDocument read, void* into) {
  if (text.empty()) return read(nullptr, into);
  Result<void> result;
  const Fault fault = parse(text, true, [&](const boost::json::value& json) { result = read(&json, into); });
  return fault ? read_faulty_text(text, fault, read, into) : result;
}

}  // namespace nano::detail
