#include "nano/transport/static_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "nano/transport/http_content_type.h"
#include "nano/transport/http_path.h"

namespace nano {

namespace fs = std::filesystem;

namespace {

// Entries of the cache whose files nobody sends any more are swept out when it reaches this size.
constexpr std::size_t cache_entries_swept = 1024;

/// A name is served if it can only mean something below its folder: no dot at the beginning, which covers "."
/// and
/// ".." as well as hidden files, and no separator of other systems.
bool is_servable_name(std::string_view name) {
  return !name.starts_with('.') && name.find('\\') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

bool are_servable_names(std::string_view relative) {
  while (!relative.empty()) {
    const std::size_t end = std::min(relative.find('/'), relative.size());
    if (!is_servable_name(relative.substr(0, end))) return false;
    relative.remove_prefix(std::min(end + 1, relative.size()));
  }
  return true;
}

bool is_below(const fs::path& file, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

/// If-None-Match compares weakly: W/"x" matches "x" (RFC 9110, section 13.1.2).
bool names_etag(std::string_view list, std::string_view etag) {
  return list == "*" || list.find(etag) != std::string_view::npos;
}

std::string etag_of(const struct stat& status) {
  char text[64];
  std::snprintf(text, sizeof text, "\"%llx-%llx.%lx\"", static_cast<unsigned long long>(status.st_size),
                static_cast<unsigned long long>(status.st_mtim.tv_sec),
                static_cast<unsigned long>(status.st_mtim.tv_nsec));
  return text;
}

HttpResponse redirect_to_folder(const HttpRequest& request) {
  const std::string query = request.query.empty() ? "" : "?" + request.query;
  return HttpResponse::error(301).add_header("Location", percent_encode_path(request.path) + "/" + query);
}

}  // namespace

/// A regular file opened for reading; does not wait for the writer of a pipe, as opening otherwise would.
struct StaticFiles::OpenFile {
  explicit OpenFile(const fs::path& file)
      : descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    is_regular = descriptor >= 0 && ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  }
  ~OpenFile() {
    if (descriptor >= 0) ::close(descriptor);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// The whole content; less if the file has shrunk meanwhile; nothing if the disk fails.
  std::shared_ptr<const std::string> read() const {
    auto bytes = std::make_shared<std::string>(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t filled = 0;
    while (filled < bytes->size()) {
      const ssize_t got = ::read(descriptor, bytes->data() + filled, bytes->size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return nullptr;
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    bytes->resize(filled);
    return bytes;
  }

  int descriptor;
  bool is_regular = false;
  struct stat status = {};
};

StaticFiles::StaticFiles(std::string url_prefix, const fs::path& folder, Log log)
    : prefix_(std::move(url_prefix)), log_(std::move(log)) {
  if (!prefix_.starts_with('/')) {
    throw std::runtime_error("The prefix '" + prefix_ + "' of static files must begin with '/'.");
  }
  while (prefix_.size() > 1 && prefix_.ends_with('/')) prefix_.pop_back();
  std::error_code error;
  folder_ = fs::canonical(folder, error);
  if (error || !fs::is_directory(folder_, error)) {
    throw std::runtime_error(
        "The folder '" + folder.string() +
        "' of static files does not exist or is no folder. Name one that the server can read.");
  }
}

bool StaticFiles::matches(std::string_view path) const {
  if (prefix_ == "/") return path.starts_with('/');
  return path.starts_with(prefix_) && (path.size() == prefix_.size() || path[prefix_.size()] == '/');
}

HttpResponse StaticFiles::serve(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return HttpResponse::error(405).add_header("Allow", "GET, HEAD");
  }
  if (!matches(request.path)) return HttpResponse::error(404);
  std::string_view relative = request.path;
  relative.remove_prefix(prefix_ == "/" ? 0 : prefix_.size());
  const bool names_folder = relative.ends_with('/');
  if (relative.starts_with('/')) relative.remove_prefix(1);

  const std::optional<fs::path> file = resolve(relative);
  if (!file) return HttpResponse::error(404);
  std::error_code error;
  const bool is_folder = fs::is_directory(*file, error);
  if (is_folder && !names_folder) return redirect_to_folder(request);
  if (!is_folder && names_folder) return HttpResponse::error(404);
  if (!is_folder) return serve_file(*file, request);
  const std::optional<fs::path> index = resolve(std::string{relative} + "index.html");
  return index ? serve_file(*index, request) : HttpResponse::error(404);
}

/// What `relative` names, all links followed, if that is below the folder and exists.
std::optional<fs::path> StaticFiles::resolve(std::string_view relative) const {
  if (!are_servable_names(relative)) return std::nullopt;
  std::error_code error;
  fs::path file = fs::canonical(folder_ / relative, error);
  if (error || !is_below(file, folder_)) return std::nullopt;
  return file;
}

HttpResponse StaticFiles::serve_file(const fs::path& file, const HttpRequest& request) const {
  const OpenFile open{file};
  if (!open.is_regular) return HttpResponse::error(404);
  if (static_cast<std::size_t>(open.status.st_size) > file_bytes_max) {
    log_.error("static file is too large to serve",
               {{"file", file.string()}, {"bytes", open.status.st_size}, {"bytes_max", file_bytes_max}});
    return HttpResponse::error(503);
  }
  const std::string etag = etag_of(open.status);
  HttpResponse response;
  response.add_header("ETag", etag).add_header("Cache-Control", "no-cache");
  if (names_etag(request.header("If-None-Match"), etag)) {
    response.status = 304;
    return response;
  }
  response.body = cached(file.string(), etag);
  if (!response.body) {
    std::shared_ptr<const std::string> bytes = open.read();
    if (!bytes) {
      log_.error("static file cannot be read", {{"file", file.string()}});
      return HttpResponse::error(503);
    }
    response.body = remember(file.string(), etag, std::move(bytes));
  }
  response.add_header("Content-Type", std::string{content_type_of(file.filename().string())});
  return response;
}

std::shared_ptr<const std::string> StaticFiles::cached(const std::string& file,
                                                       const std::string& etag) const {
  const std::lock_guard lock{mutex_};
  const auto found = cache_.find(file);
  return found != cache_.end() && found->second.etag == etag ? found->second.bytes.lock() : nullptr;
}

std::shared_ptr<const std::string> StaticFiles::remember(const std::string& file, const std::string& etag,
                                                         std::shared_ptr<const std::string> bytes) const {
  const std::lock_guard lock{mutex_};
  if (cache_.size() >= cache_entries_swept) {
    std::erase_if(cache_, [](const auto& entry) { return entry.second.bytes.expired(); });
  }
  Cached& entry = cache_[file];
  const std::shared_ptr<const std::string> other = entry.bytes.lock();
  if (other && entry.etag == etag) return other;  // another thread was faster
  entry = {bytes, etag};
  return bytes;
}

}  // namespace nano
