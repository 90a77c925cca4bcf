// Internal header. HttpRoutePattern: which requests a handler takes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nano {

/// "[METHOD ][host]/path", where a segment "{name}" of the path takes any one segment, a last one "{name...}"
/// all that follows, and so does a slash at the end.
struct HttpRoutePattern {
  enum class Kind { literal, parameter, rest };
  struct Segment {
    Kind kind = Kind::literal;
    std::string text;  ///< of a literal, or the parameter's name; "" for a rest without one
  };

  std::string text;    ///< as written
  std::string method;  ///< "" for all
  std::string host;    ///< in lower case, without port; "" for all
  std::vector<Segment> segments;

  /// Throws std::invalid_argument with a sentence that says what to change when no request fits, or a
  /// parameter is not written as above.
  static HttpRoutePattern parse(std::string text);
  /// All paths at or below `prefix`, which is no pattern but a path: "/" or "/assets".
  static HttpRoutePattern below(std::string_view prefix, std::string method);

  /// "a.example" of "A.example:80": as patterns name hosts.
  static std::string host_name(std::string_view host);
};

}  // namespace nano
