#include "benchmark/load/payload.h"

#include <charconv>

#include "benchmark/load/big_endian.h"

namespace nano::benchmark {
namespace {

void append_varint(std::string& out, std::uint64_t value) {
  for (; value > 0x7f; value >>= 7) out += static_cast<char>(0x80 | (value & 0x7f));
  out += static_cast<char>(value);
}

/// Nothing unless the varint is all of `text`.
std::optional<std::uint64_t> read_varint(std::string_view text) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < text.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if ((byte & 0x80) == 0) return i + 1 == text.size() ? std::optional{value} : std::nullopt;
  }
  return std::nullopt;
}

constexpr std::string_view json_id = R"("id":)";

}  // namespace

Payload::Payload(PayloadKind kind, std::size_t bytes) : kind_(kind) {
  const std::string letters(bytes, 'x');
  switch (kind) {
    case PayloadKind::raw: text_ = letters; break;
    case PayloadKind::ping:
      if (bytes > 0) {
        text_ += '\x0a';
        append_varint(text_, bytes);
        text_ += letters;
      }
      text_ += '\x10';
      break;
    case PayloadKind::json:
      text_ = "{" + std::string{json_id};
      name_ = R"("name":")" + letters + "\"";
      back_ = "," + name_ + R"(,"x":1.5,"y":-2.25})";
      break;
  }
  if (kind != PayloadKind::raw) front_ = text_.size();
}

protocol::ByteView Payload::with(std::uint64_t sequence) {
  switch (kind_) {
    case PayloadKind::raw:
      if (has_sequence()) write_big_endian(reinterpret_cast<std::uint8_t*>(text_.data()), sequence);
      break;
    case PayloadKind::ping:
      text_.resize(front_);
      append_varint(text_, sequence);
      break;
    case PayloadKind::json:
      text_.resize(front_);
      text_ += std::to_string(sequence);
      text_ += back_;
      break;
  }
  return protocol::as_bytes(text_);
}

bool Payload::is_same(protocol::ByteView got, std::uint64_t sequence) {
  const std::string_view sent = protocol::as_text(with(sequence));
  const std::string_view text = protocol::as_text(got);
  return text == sent || (kind_ == PayloadKind::json && find_json_sequence(text) == sequence);
}

std::optional<std::uint64_t> Payload::sequence_of(protocol::ByteView got) const {
  const std::string_view text = protocol::as_text(got);
  switch (kind_) {
    case PayloadKind::raw:
      if (!has_sequence() || text.size() != text_.size() ||
          text.substr(sequence_bytes) != std::string_view{text_}.substr(sequence_bytes)) {
        return std::nullopt;
      }
      return read_big_endian(got.data());
    case PayloadKind::ping:
      if (!text.starts_with(std::string_view{text_}.substr(0, front_))) return std::nullopt;
      return read_varint(text.substr(front_));
    case PayloadKind::json: return find_json_sequence(text);
  }
  return std::nullopt;
}

/// Nothing unless the name is there too.
std::optional<std::uint64_t> Payload::find_json_sequence(std::string_view text) const {
  const std::size_t at = text.find(json_id);
  if (at == std::string_view::npos || text.find(name_) == std::string_view::npos) return std::nullopt;
  std::uint64_t sequence = 0;
  const char* start = text.data() + at + json_id.size();
  const auto [end, error] = std::from_chars(start, text.data() + text.size(), sequence);
  return error == std::errc{} ? std::optional{sequence} : std::nullopt;
}

}  // namespace nano::benchmark
