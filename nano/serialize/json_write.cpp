#include "nano/serialize/json_write.h"

#include <cmath>

#include "protocol/utf8.h"

namespace nano::detail {
namespace {

bool needs_escape(unsigned char byte) { return byte < 0x20 || byte == '"' || byte == '\\'; }

void append_escape(std::string& out, unsigned char byte) {
  constexpr char hex[] = "0123456789abcdef";
  switch (byte) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: out.append("\\u00").append(1, hex[byte >> 4]).append(1, hex[byte & 15]); return;
  }
}

// `text` is valid UTF-8.
void append_escaped(std::string& out, std::string_view text) {
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (!needs_escape(byte)) continue;
    out.append(text, plain_from, i - plain_from);
    append_escape(out, byte);
    plain_from = i + 1;
  }
  out.append(text, plain_from);
}

template <class Real>
void append_real(std::string& out, Real value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char digits[32];  // the longest, -2.2250738585072014e-308, has 24
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace

void JsonWriter::text(std::string_view value) {
  unsigned char all_bits = 0;
  bool plain = true;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    all_bits |= byte;
    plain = plain && !needs_escape(byte);
  }
  const bool ascii = all_bits < 0x80;

  out_ += '"';
  if (!ascii && !protocol::is_utf8(value)) {
    append_escaped(out_, protocol::replace_invalid_utf8(value));
  } else if (plain) {
    out_ += value;
  } else {
    append_escaped(out_, value);
  }
  out_ += '"';
}

void JsonWriter::real(double value) { append_real(out_, value); }
void JsonWriter::real(float value) { append_real(out_, value); }

bool JsonWriter::open(char bracket) {
  if (depth_ == json_depth_max) {
    too_deep_ = true;
    null();
    return false;
  }
  ++depth_;
  out_ += bracket;
  return true;
}

void JsonWriter::tree(const boost::json::object& value) {
  if (!open('{')) return;
  for (const auto& member : value) {
    key({member.key().data(), member.key().size()});
    tree(member.value());
  }
  close('}');
}

void JsonWriter::tree(const boost::json::array& value) {
  if (!open('[')) return;
  for (const boost::json::value& each : value) {
    element();
    tree(each);
  }
  close(']');
}

void JsonWriter::tree(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return null();
    case boost::json::kind::bool_: return boolean(value.get_bool());
    case boost::json::kind::int64: return integer(value.get_int64());
    case boost::json::kind::uint64: return integer(value.get_uint64());
    case boost::json::kind::double_: return real(value.get_double());
    case boost::json::kind::string: return text({value.get_string().data(), value.get_string().size()});
    case boost::json::kind::array: return tree(value.get_array());
    case boost::json::kind::object: return tree(value.get_object());
  }
}

}  // namespace nano::detail
