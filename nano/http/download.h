// Internal header. HttpDownload: which part of a file goes next to a client, and how much at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "nano/base/limits.h"
#include "nano/http/open_file.h"

namespace nano {

/// The body of a response, sent in pieces, one at a time. What the socket does not take of a piece is dropped
/// and read again later, so that a client that reads slowly holds no memory. One thread.
class HttpDownload {
 public:
  explicit HttpDownload(FileRange range) : left_(std::move(range)) {}

  /// All has been given to the socket.
  bool finished() const { return left_.bytes == 0; }
  /// Whether the next piece is to be read: none is being read or sent.
  bool wants_piece() const { return !reading_ && sending_ == 0 && !finished(); }
  bool reading() const { return reading_; }
  /// The bytes of the current piece.
  std::size_t sending() const { return sending_; }
  const OpenFile& file() const { return *left_.file; }

  /// The piece to read now.
  FileRange begin_reading() {
    reading_ = true;
    return {left_.file, left_.offset, std::min<std::uint64_t>(piece_bytes_, left_.bytes)};
  }
  void begin_sending(std::size_t piece_bytes) {
    reading_ = false;
    sending_ = piece_bytes;
  }
  /// The socket has taken so much of the piece. The next one is about as large as what it takes at once.
  void end_sending(std::size_t taken) {
    left_.offset += taken;
    left_.bytes -= taken;
    sending_ = 0;
    piece_bytes_ = std::clamp(2 * taken, limits::file_piece_bytes_min, limits::file_piece_bytes_max);
  }

 private:
  FileRange left_;
  std::size_t piece_bytes_ = limits::file_piece_bytes_min;
  std::size_t sending_ = 0;
  bool reading_ = false;
};

}  // namespace nano
