// Internal header. http_post: one blocking HTTP request on a connection of its own.
#pragma once

#include <string>
#include <string_view>

namespace nano::benchmark {

/// Posts a JSON document to a server at "127.0.0.1:2567" and returns the body of its answer, of at most 64
/// KiB. Blocks, for at most 5 s between two reads. Throws DialectError: no connection, a status that is not
/// 200, or an answer that is cut or too long.
std::string http_post(const std::string& address, std::string_view path, std::string_view json);

/// The body of an answer that was read until the server closed the connection. Throws DialectError.
std::string http_body(std::string_view answer);

}  // namespace nano::benchmark
