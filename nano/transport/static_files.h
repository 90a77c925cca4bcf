// Internal header. Serves the files of a folder over HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "nano/base/log.h"
#include "nano/transport/http.h"

namespace nano {

/// Files below a folder, under a prefix of the URL. Never serves anything outside the folder (symbolic links
/// that lead out included), nor names that begin with a dot, nor anything but regular files. Any thread;
/// serve() blocks on the disk and belongs on the worker pool.
class StaticFiles {
 public:
  /// One file is held in memory whole while it is sent.
  static constexpr std::size_t file_bytes_max = std::size_t{64} << 20;

  /// Serves `folder` under `url_prefix` ("/" or "/assets"). Throws std::runtime_error with a sentence that
  /// says what to change when the folder does not exist or the prefix does not begin with '/'.
  StaticFiles(std::string url_prefix, const std::filesystem::path& folder, Log log);

  /// Whether a request's path lies under the prefix.
  bool matches(std::string_view path) const;
  /// "/" or "/assets", without a slash at the end.
  const std::string& url_prefix() const { return prefix_; }

  /// 200 with the file (of a folder: its index.html), 304 if the client has it already (ETag), 301 to a
  /// folder's name with the slash, 404, 405 for other methods than GET and HEAD, 503 for a file over the
  /// limit (logged).
  HttpResponse serve(const HttpRequest& request) const;

 private:
  struct Cached {
    std::weak_ptr<const std::string> bytes;
    std::string etag;
  };
  struct OpenFile;

  std::optional<std::filesystem::path> resolve(std::string_view relative) const;
  HttpResponse serve_file(const std::filesystem::path& file, const HttpRequest& request) const;
  std::shared_ptr<const std::string> cached(const std::string& file, const std::string& etag) const;
  std::shared_ptr<const std::string> remember(const std::string& file, const std::string& etag,
                                              std::shared_ptr<const std::string> bytes) const;

  std::string prefix_;
  std::filesystem::path folder_;  // canonical
  Log log_;
  mutable std::mutex mutex_;                               // guards cache_
  mutable std::unordered_map<std::string, Cached> cache_;  // a file is in memory once while anyone sends it
};

}  // namespace nano
