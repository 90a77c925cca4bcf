// Internal header. OpenFile: a regular file, opened to be read in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <system_error>

namespace nano {

/// Closed with its last owner. Any thread; reading blocks on the disk.
class OpenFile {
 public:
  /// Null, and why, if the file cannot be opened or is not a regular one. Does not wait for the writer of a
  /// pipe.
  static std::shared_ptr<const OpenFile> open(const std::string& path, std::error_code& error);
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const std::string& path() const { return path_; }
  /// As it was when it was opened.
  const struct stat& status() const { return status_; }
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(status_.st_size); }

  /// `count` bytes from `offset` on, all of them; null if the disk fails or the file has become shorter.
  std::shared_ptr<const std::string> read(std::uint64_t offset, std::size_t count) const;

 private:
  OpenFile(std::string path, int descriptor);

  const std::string path_;
  const int descriptor_;
  struct stat status_ = {};
};

/// A part of a file, or all of it.
struct FileRange {
  std::shared_ptr<const OpenFile> file;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

}  // namespace nano
