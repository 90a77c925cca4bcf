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

/// Of the varint at the front. 0: there is none.
std::size_t varint_bytes(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    if (static_cast<std::uint8_t>(bytes[i]) < 0x80) return i + 1;
  }
  return 0;
}

bool skip(std::string_view& bytes, std::size_t count) {
  if (count > bytes.size()) return false;
  bytes.remove_prefix(count);
  return true;
}

bool skip_varint(std::string_view& bytes) {
  const std::size_t size = varint_bytes(bytes);
  return size > 0 && skip(bytes, size);
}

bool read_varint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  const std::size_t size = varint_bytes(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i]) & 0x7f) << (7 * i);
  }
  return size > 0 && skip(bytes, size);
}

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
  while (!bytes.empty()) {
    std::uint64_t tag = 0;
    if (!read_varint(bytes, tag) || tag > std::numeric_limits<std::uint32_t>::max()) return false;
    std::uint64_t value = 0;
    switch (tag & 7) {
      case Wire::varint:
        if (!skip_varint(bytes)) return false;
        break;
      case Wire::fixed64:
        if (!skip(bytes, 8)) return false;
        break;
      case Wire::fixed32:
        if (!skip(bytes, 4)) return false;
        break;
      case Wire::length_delimited:
        if (!read_varint(bytes, value) || value > bytes.size()) return false;
        if (!is_utf8(tag >> 3, bytes.substr(0, value), depth_max)) return false;
        bytes.remove_prefix(value);
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
