// Internal header. Serves the files of a folder over HTTP.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unordered_map>

#include "nano/base/limits.h"
#include "nano/http/answer.h"
#include "nano/http/message.h"

namespace nano {

/// Files below a folder, under a prefix of the URL. Never serves anything outside the folder (symbolic links
/// that lead out included), nor names that begin with a dot, nor anything but regular files. Any thread;
/// serve() blocks on the disk and belongs on a FileReader.
class StaticFiles {
 public:
  /// Serves `folder` under `url_prefix` ("/" or "/assets"). Throws with a sentence that says what to change:
  /// std::runtime_error when there is no such folder or it cannot be read, std::invalid_argument when no
  /// request can have the prefix.
  StaticFiles(std::string url_prefix, const std::filesystem::path& folder);

  /// Whether a request's path lies under the prefix.
  bool matches(std::string_view path) const;
  /// "/" or "/assets", without a slash at the end.
  const std::string& url_prefix() const { return prefix_; }

  /// 200 with the file (of a folder: its index.html), 206 with the part of it that a Range header names, 304
  /// if the client has it already (ETag), 412 if it is not the one that If-Match names, 301 to a folder's
  /// name with the slash, 404, 405 for other methods than GET and HEAD, 416 for a part behind the end; 403
  /// for what this process may not read and 503 for what cannot be opened at the moment (with the failure).
  /// Small files come in memory, once for all that are being sent; of larger ones, and for HEAD, nothing is
  /// read.
  HttpAnswer serve(const HttpRequest& request) const;

 private:
  struct Cached {
    std::weak_ptr<const std::string> bytes;
    std::string etag;
  };
  /// What a path names, all links followed.
  struct Target {
    std::filesystem::path file;
    struct stat status = {};
  };

  /// Fails also for what must not be served, as if it did not exist.
  std::error_code resolve(std::string_view relative, Target& target) const;
  HttpAnswer serve_file(const Target& target, const HttpRequest& request) const;
  HttpAnswer answer_with(std::shared_ptr<const OpenFile> file, const HttpRequest& request) const;
  static HttpAnswer refuse(std::error_code why, const std::string& path);
  std::shared_ptr<const std::string> cached(const std::string& file, const std::string& etag) const;
  std::shared_ptr<const std::string> remember(const std::string& file, const std::string& etag,
                                              std::shared_ptr<const std::string> bytes) const;

  std::string prefix_;
  std::filesystem::path folder_;                           // canonical
  mutable std::mutex mutex_;                               // guards cache_
  mutable std::unordered_map<std::string, Cached> cache_;  // a file is in memory once while anyone sends it
};

}  // namespace nano
