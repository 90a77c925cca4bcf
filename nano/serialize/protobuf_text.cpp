#include "nano/serialize/protobuf_text.h"

#include <cstdint>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "nano/serialize/payload.h"
#include "nano/serialize/text_fields.h"
#include "protocol/surrogates.h"
#include "protocol/utf8.h"

namespace nano::detail {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// Goes through a message field by field, and copies it with its texts mended where a copy is wanted.
class TextMender {
 public:
  explicit TextMender(bool replaces_all) : replaces_all_(replaces_all) {}

  /// False: these bytes are no message, or a text is refused; then invalid_field() names it. `copy` may be
  /// null.
  bool message(std::string_view bytes, const Descriptor& description, std::string* copy);

  bool found_any() const { return found_any_; }
  const std::string& invalid_field() const { return invalid_field_; }

 private:
  bool length_delimited(CodedInputStream& in, std::string_view bytes, const FieldDescriptor& field,
                        std::string* copy);
  bool group(CodedInputStream& in, std::string_view bytes, std::uint32_t tag, const FieldDescriptor& field,
             std::string* copy);
  bool content(std::string_view bytes, const FieldDescriptor& field, std::string* copy);
  bool text(std::string_view bytes, std::string* copy);

  const bool replaces_all_;
  bool found_any_ = false;
  int depth_ = 0;
  std::string invalid_field_;
};

std::size_t position_of(const CodedInputStream& in) { return static_cast<std::size_t>(in.CurrentPosition()); }

/// The field, if it is a text or may hold one.
const FieldDescriptor* find_field(const Descriptor& description, std::uint32_t tag) {
  const int number = WireFormatLite::GetTagFieldNumber(tag);
  const FieldDescriptor* field = description.FindFieldByNumber(number);
  if (!field && description.IsExtensionNumber(number)) {
    field = description.file()->pool()->FindExtensionByNumber(&description, number);
  }
  return field && (field->type() == FieldDescriptor::TYPE_STRING || field->message_type()) ? field : nullptr;
}

bool TextMender::message(std::string_view bytes, const Descriptor& description, std::string* copy) {
  if (++depth_ > CodedInputStream::GetDefaultRecursionLimit()) return false;
  CodedInputStream in{reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size())};
  while (position_of(in) < bytes.size()) {
    const std::size_t start = position_of(in);
    const std::uint32_t tag = in.ReadTag();
    if (tag == 0) return false;
    const FieldDescriptor* field = find_field(description, tag);
    const auto wire_type = WireFormatLite::GetTagWireType(tag);
    const bool is_group = wire_type == WireFormatLite::WIRETYPE_START_GROUP;
    const bool is_looked_into = field && (is_group || wire_type == WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
    if (!is_looked_into && !WireFormatLite::SkipField(&in, tag)) return false;
    if (copy) copy->append(bytes, start, position_of(in) - start);
    if (!is_looked_into) continue;
    if (is_group ? !group(in, bytes, tag, *field, copy) : !length_delimited(in, bytes, *field, copy)) {
      return false;
    }
  }
  --depth_;
  return true;
}

bool TextMender::length_delimited(CodedInputStream& in, std::string_view bytes, const FieldDescriptor& field,
                                  std::string* copy) {
  std::uint32_t size = 0;
  if (!in.ReadVarint32(&size) || size > bytes.size() - position_of(in)) return false;
  std::string mended;
  if (!content(bytes.substr(position_of(in), size), field, copy ? &mended : nullptr)) return false;
  if (copy) {
    append_varint(*copy, mended.size());
    *copy += mended;
  }
  return in.Skip(static_cast<int>(size));
}

bool TextMender::group(CodedInputStream& in, std::string_view bytes, std::uint32_t tag,
                       const FieldDescriptor& field, std::string* copy) {
  const std::size_t start = position_of(in);
  if (!WireFormatLite::SkipField(&in, tag)) return false;
  const std::size_t end_tag = position_of(in) - google::protobuf::io::CodedOutputStream::VarintSize32(tag);
  if (!content(bytes.substr(start, end_tag - start), field, copy)) return false;
  if (copy) copy->append(bytes, end_tag, position_of(in) - end_tag);
  return true;
}

bool TextMender::content(std::string_view bytes, const FieldDescriptor& field, std::string* copy) {
  if (field.message_type() ? message(bytes, *field.message_type(), copy) : text(bytes, copy)) return true;
  if (!invalid_field_.empty()) invalid_field_.insert(0, 1, '.');
  if (!invalid_field_.empty() || !field.message_type()) invalid_field_.insert(0, field.name());
  return false;
}

bool TextMender::text(std::string_view bytes, std::string* copy) {
  if (protocol::is_utf8(bytes)) {
    if (copy) *copy += bytes;
    return true;
  }
  found_any_ = true;
  const std::string mended =
      replaces_all_ ? protocol::replace_invalid_utf8(bytes) : protocol::join_surrogates(bytes);
  if (copy) *copy += mended;
  return protocol::is_utf8(mended);
}

std::string copy_mended(std::string_view bytes, const Descriptor& description, bool replaces_all) {
  std::string copy;
  TextMender{replaces_all}.message(bytes, description, &copy);
  return copy;
}

}  // namespace

const TextFields* text_fields(const Descriptor* description) { return TextFields::of(*description); }

Result<std::optional<std::string>> mend_texts(std::string_view bytes, const TextFields& fields) {
  const Descriptor& description = fields.description();
  TextMender check{false};
  if (check.message(bytes, description, nullptr)) {
    return check.found_any() ? std::optional{copy_mended(bytes, description, false)} : std::nullopt;
  }
  if (check.invalid_field().empty()) {
    return Error{Errc::bad_payload, "the bytes are no protobuf message " + description.full_name()};
  }
  return Error{Errc::bad_payload,
               "member \"" + check.invalid_field() + "\": expected UTF-8 text, got other bytes"};
}

std::optional<std::string> replace_invalid_texts(std::string_view bytes, const TextFields& fields) {
  const Descriptor& description = fields.description();
  TextMender check{true};
  if (!check.message(bytes, description, nullptr) || !check.found_any()) return std::nullopt;
  return copy_mended(bytes, description, true);
}

}  // namespace nano::detail
