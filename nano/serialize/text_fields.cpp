#include "nano/serialize/text_fields.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include <google/protobuf/descriptor.h>

#include "protocol/utf8.h"

namespace nano::detail {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// What is beyond these is looked at more slowly.
constexpr int table_size = 1024;
constexpr int quick_depth = 16;

/// How a field's bytes follow its number (protobuf's encoding guide).
enum Wire : std::uint64_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

/// The bytes of a message from front to back.
struct Reader {
  const char* at;
  const char* const end;

  bool skip(std::uint64_t count) {
    if (count > static_cast<std::uint64_t>(end - at)) return false;
    at += count;
    return true;
  }

  bool read_varint(std::uint64_t& value) {
    if (at == end) return false;
    value = static_cast<std::uint8_t>(*at++);
    return value < 0x80 || read_long_varint(value);  // most have one byte
  }

  /// `value` is the first byte.
  bool read_long_varint(std::uint64_t& value) {
    value &= 0x7f;
    for (int shift = 7; at != end && shift < 70; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*at++);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
};

}  // namespace

/// All that were made; kinds hold each other, perhaps in circles.
class TextFields::Made {
 public:
  static Made& instance() {
    static Made made;
    return made;
  }

  const TextFields* get(const Descriptor& description) {
    const std::lock_guard lock{mutex_};
    const TextFields& made = make(description);
    return holds_text(made) ? &made : nullptr;
  }
  const TextFields& make(const Descriptor& description) {
    std::unique_ptr<TextFields>& made = made_[&description];
    if (!made) {
      made.reset(new TextFields{description});
      made->add_fields(*this);
    }
    return *made;
  }

 private:
  static bool holds_text(const TextFields& kind) {
    std::set<const TextFields*> seen;
    return holds_text(kind, seen);
  }
  static bool holds_text(const TextFields& kind, std::set<const TextFields*>& seen) {
    if (!seen.insert(&kind).second) return false;
    return kind.has_others_ || std::any_of(kind.fields_.begin(), kind.fields_.end(), [&](const Field& field) {
             return field.is_text || (field.message && holds_text(*field.message, seen));
           });
  }

  std::mutex mutex_;
  std::map<const Descriptor*, std::unique_ptr<TextFields>> made_;
};

const TextFields* TextFields::of(const Descriptor& description) { return Made::instance().get(description); }

void TextFields::add_fields(Made& made) {
  has_others_ = description_.extension_range_count() > 0;
  for (int i = 0; i < description_.field_count(); ++i) {
    const FieldDescriptor& field = *description_.field(i);
    const bool is_text = field.type() == FieldDescriptor::TYPE_STRING;
    if (!is_text && !field.message_type()) continue;
    if (field.number() > table_size) {
      has_others_ = true;
      continue;
    }
    const auto number = static_cast<std::size_t>(field.number());
    if (number >= fields_.size()) fields_.resize(number + 1);
    fields_[number] = {is_text, field.message_type() ? &made.make(*field.message_type()) : nullptr};
  }
}

bool TextFields::all_utf8(std::string_view bytes) const { return all_utf8(bytes, quick_depth); }

bool TextFields::all_utf8(std::string_view bytes, int depth_max) const {
  if (depth_max == 0) return false;
  Reader reader{bytes.data(), bytes.data() + bytes.size()};
  while (reader.at != reader.end) {
    std::uint64_t tag = 0;
    std::uint64_t value = 0;
    if (!reader.read_varint(tag) || tag > std::numeric_limits<std::uint32_t>::max()) return false;
    switch (tag & 7) {
      case Wire::varint:
        if (!reader.read_varint(value)) return false;
        break;
      case Wire::fixed64:
        if (!reader.skip(8)) return false;
        break;
      case Wire::fixed32:
        if (!reader.skip(4)) return false;
        break;
      case Wire::length_delimited:
        if (!reader.read_varint(value) || !reader.skip(value)) return false;
        if (!is_utf8(tag >> 3, {reader.at - value, value}, depth_max)) return false;
        break;
      default: return false;
    }
  }
  return true;
}

bool TextFields::is_utf8(std::uint64_t number, std::string_view content, int depth_max) const {
  if (number >= fields_.size()) return !has_others_;
  const Field& field = fields_[number];
  if (field.is_text) return protocol::is_utf8(content);
  return !field.message || field.message->all_utf8(content, depth_max - 1);
}

}  // namespace nano::detail
