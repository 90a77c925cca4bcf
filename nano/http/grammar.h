// Internal header. The characters of HTTP (RFC 9110, section 5.6).
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace nano {

namespace http_grammar {

constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = table[c - 'A' + 'a'] = true;
  for (const unsigned char c : std::string_view{"!#$%&'*+-.^_`|~"}) table[c] = true;
  return table;
}();

constexpr std::array<bool, 256> text_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < table.size(); ++c) table[c] = c == '\t' || (c >= 0x20 && c != 0x7f);
  return table;
}();

}  // namespace http_grammar

/// Of a method or the name of a header.
constexpr bool is_http_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return http_grammar::token_characters[static_cast<unsigned char>(c)];
  });
}

/// Whether `c` may stand in a line: no control character but the tab. Bytes from 0x80 up may.
constexpr bool is_http_text(unsigned char c) { return http_grammar::text_characters[c]; }

/// Without the spaces and tabs around it.
constexpr std::string_view trim_http(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// -1: it is none.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace nano
