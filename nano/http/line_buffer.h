// Internal header. HttpLineBuffer: the lines of a head, out of bytes that arrive in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nano {

/// A line ends with CR LF. A CR or an LF alone is an error, and so is any other control character but the
/// tab: each has been used to make two servers read one request differently. Errors are found at the byte
/// that makes them, so what speaks TLS or another protocol here need not send a whole line to be told.
class HttpLineBuffer {
 public:
  enum class Status {
    incomplete,  ///< all input taken, the line goes on
    line,        ///< line() now, then keep() or drop()
    malformed,   ///< a control character
    too_long,    ///< more than `bytes_max`
  };

  /// Takes bytes from the front of `input` up to the end of a line. Holds `bytes_max` at the most, the kept
  /// lines included. After an error it is not called again.
  Status consume(std::span<const std::uint8_t>& input, std::size_t bytes_max);

  /// Without its end. Valid until the next call.
  std::string_view line() const;
  /// The lines kept, each with its end. Valid until the next call.
  std::string_view kept() const { return std::string_view{bytes_}.substr(0, line_begin_); }
  /// All bytes held: the lines kept, and as much as there is of the line that is being read.
  std::size_t bytes() const { return bytes_.size(); }
  /// What there is of the line that is being read.
  std::string_view begun() const { return std::string_view{bytes_}.substr(line_begin_); }

  void keep() { line_begin_ = bytes_.size(); }
  /// Forgets all lines.
  void drop();

 private:
  /// How many bytes of `piece`, of which only the last may be LF, are those of a good line.
  std::size_t good_bytes(std::string_view piece) const;

  std::string bytes_;
  std::size_t line_begin_ = 0;
};

}  // namespace nano
