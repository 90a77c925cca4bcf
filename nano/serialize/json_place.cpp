#include "nano/serialize/json_place.h"

#include "protocol/utf8.h"

namespace nano::detail {
namespace {

std::string_view description(const boost::json::value& json) {
  switch (json.kind()) {
    case boost::json::kind::null: return "null";
    case boost::json::kind::bool_: return json.get_bool() ? "true" : "false";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_: return "a number";
    case boost::json::kind::string: return "a string";
    case boost::json::kind::array: return "an array";
    case boost::json::kind::object: return "an object";
  }
  return "something else";
}

}  // namespace

std::string shortened(std::string_view text) {
  if (text.size() <= limits::quoted_json_bytes) return std::string(text);
  std::size_t end = limits::quoted_json_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not within a character
  return std::string(text.substr(0, end)) + "...";
}

void JsonPlace::append_path(std::string& path) const {
  if (!parent_) return;
  parent_->append_path(path);
  if (!member_.data()) {
    path.append("[").append(std::to_string(index_)).append("]");
    return;
  }
  if (parent_->parent_) path += '.';
  path += protocol::replace_invalid_utf8(shortened(member_));
}

bool JsonPlace::fail(std::string_view expected, std::string_view got) const {
  problem_.clear();
  if (parent_) {
    problem_ = "member \"";
    append_path(problem_);
    problem_ += "\": ";
  }
  problem_ += "expected ";
  // "an object" alone could mean anything; within a member's sentence it is clear.
  if (!parent_ && expected.starts_with("an ")) {
    problem_ += "a JSON ";
    expected.remove_prefix(3);
  }
  problem_.append(expected).append(", got ").append(got);
  return false;
}

bool JsonPlace::fail(std::string_view expected, const boost::json::value* got) const {
  return fail(expected, got ? description(*got) : std::string_view{"nothing"});
}

}  // namespace nano::detail
