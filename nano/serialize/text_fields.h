// Internal header. TextFields: which fields of a kind of protobuf message hold texts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Descriptor;
}

namespace nano::detail {

/// For a quick look at encoded messages, without the library's tables. Made once for each kind of message,
/// and kept. Any thread.
class TextFields {
 public:
  /// Null: messages of this kind can hold no text, nor can messages within them.
  static const TextFields* of(const google::protobuf::Descriptor& description);

  const google::protobuf::Descriptor& description() const { return description_; }
  /// Whether the bytes are well formed and all texts in them UTF-8. False also where this does not look:
  /// groups, extensions, deep messages.
  bool all_utf8(std::string_view bytes) const;

 private:
  struct Field {
    bool is_text = false;
    const TextFields* message = nullptr;  ///< of this kind
  };
  class Made;

  explicit TextFields(const google::protobuf::Descriptor& description) : description_(description) {}
  void add_fields(Made& made);
  bool all_utf8(std::string_view bytes, int depth_max) const;
  bool is_utf8(std::uint64_t number, std::string_view content, int depth_max) const;

  const google::protobuf::Descriptor& description_;
  std::vector<Field> fields_;  // by number
  bool has_others_ = false;    // with larger numbers
};

}  // namespace nano::detail
