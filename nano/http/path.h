// Internal header. Request targets: decoding, normalising and encoding of paths (RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nano {

struct HttpTarget {
  std::string path;       ///< decoded and normalised; "*" for the asterisk form
  std::string query;      ///< undecoded, without '?'
  std::string authority;  ///< of the absolute form: "host" or "host:80"
};

/// Splits a request target in origin form ("/a?b"), absolute form ("http://host/a?b") or asterisk form.
/// Nothing for anything else: other bytes than visible ASCII, a fragment, a bad escape, an encoded NUL, ".."
/// above the root.
std::optional<HttpTarget> parse_http_target(std::string_view target);

/// Whether it names a host, with or without a port: "h.example", "[::1]:80". Nothing else may stand in a Host
/// header.
bool is_http_host(std::string_view text);

/// Replaces %XX by its byte. Nothing where an escape is cut short or not hexadecimal, or encodes NUL.
std::optional<std::string> percent_decode(std::string_view text);

/// A decoded path as it may stand in a Location header.
std::string percent_encode_path(std::string_view path);

/// Removes "." and empty segments and resolves ".."; a slash at the end stays. `path` begins with '/'.
/// Nothing where ".." leads above the root.
std::optional<std::string> normalise_path(std::string_view path);

/// Why no request has this path, in a sentence; empty: requests may. Paths are compared decoded and
/// normalised.
std::string path_problem(std::string_view path);

}  // namespace nano
