// Internal header. FileReader: reads files on threads of its own, so that neither the I/O loops nor the
// workers wait for a disk.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "nano/base/function.h"
#include "nano/base/limits.h"
#include "nano/base/worker_pool.h"
#include "nano/http/open_file.h"

namespace nano {

/// Any thread. What it calls is called on one of its threads.
class FileReader {
 public:
  /// Bytes of a file, or null if they could not be read. Counts as held until its last owner drops it.
  using Piece = std::shared_ptr<const std::string>;

  FileReader();
  /// Waits for what is being read; drops what waits.
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// Runs `job`, which may block on the disk and must not throw. False: too many wait.
  [[nodiscard]] bool submit(Function<void()> job) { return openers_.submit(std::move(job)); }

  /// Reads the range, as soon as fewer than limits::file_pieces_held pieces are held, in the order asked. Who
  /// asks must drop the piece soon, whatever its client does: the others wait for it.
  void read(FileRange range, Function<void(Piece)> done);

 private:
  class Held;

  ThreadPool openers_;
  ThreadPool readers_;
  std::shared_ptr<Held> held_;  // shared with the pieces, which may outlive the reader
};

}  // namespace nano
