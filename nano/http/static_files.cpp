#include "nano/http/static_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <utility>

#include "nano/base/limits.h"
#include "nano/http/content_type.h"
#include "nano/http/path.h"
#include "nano/http/range.h"

namespace nano {

namespace fs = std::filesystem;

namespace {

std::error_code not_found() { return std::make_error_code(std::errc::no_such_file_or_directory); }

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

/// As If-None-Match compares: weakly, so that W/"x" matches "x" (RFC 9110, section 13.1.2).
bool names_etag(std::string_view list, std::string_view etag) {
  return list == "*" || list.find(etag) != std::string_view::npos;
}

/// As If-Match compares: W/"x" matches nothing.
bool names_etag_strongly(std::string_view list, std::string_view etag) {
  if (list == "*") return true;
  std::size_t at = list.find(etag);
  while (at != list.npos && list.substr(0, at).ends_with("W/")) at = list.find(etag, at + 1);
  return at != list.npos;
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

StaticFiles::StaticFiles(std::string url_prefix, const fs::path& folder) : prefix_(std::move(url_prefix)) {
  const std::string problem = path_problem(prefix_);
  if (!problem.empty()) {
    throw std::invalid_argument("No static files can be served under \"" + prefix_ + "\". " + problem);
  }
  while (prefix_.size() > 1 && prefix_.ends_with('/')) prefix_.pop_back();
  std::error_code error;
  folder_ = fs::canonical(folder, error);
  const auto refuse = [&](const std::string& why) {
    throw std::runtime_error("The folder \"" + folder.string() + "\" of static files " + why +
                             " Name a folder that the server can read.");
  };
  if (error) refuse("cannot be opened (" + error.message() + ").");
  if (!fs::is_directory(folder_, error)) refuse("is no folder.");
  if (::access(folder_.c_str(), R_OK | X_OK) != 0) refuse("cannot be read by this user.");
}

bool StaticFiles::matches(std::string_view path) const {
  if (prefix_ == "/") return path.starts_with('/');
  return path.starts_with(prefix_) && (path.size() == prefix_.size() || path[prefix_.size()] == '/');
}

HttpAnswer StaticFiles::serve(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return HttpResponse::error(405).add_header("Allow", "GET, HEAD");
  }
  if (!matches(request.path)) return HttpResponse::error(404);
  std::string_view relative = request.path;
  relative.remove_prefix(prefix_ == "/" ? 0 : prefix_.size());
  const bool names_folder = relative.ends_with('/');
  if (relative.starts_with('/')) relative.remove_prefix(1);

  Target target;
  if (const std::error_code error = resolve(relative, target)) return refuse(error, request.path);
  const bool is_folder = S_ISDIR(target.status.st_mode);
  if (is_folder && !names_folder) return redirect_to_folder(request);
  if (!is_folder && names_folder) return HttpResponse::error(404);
  if (is_folder) {
    const std::error_code error = resolve(std::string{relative} + "index.html", target);
    if (error) return refuse(error, request.path);
  }
  return serve_file(target, request);
}

std::error_code StaticFiles::resolve(std::string_view relative, Target& target) const {
  if (!are_servable_names(relative)) return not_found();
  std::error_code error;
  target.file = fs::canonical(folder_ / relative, error);
  if (error) return error;
  if (!is_below(target.file, folder_)) return not_found();
  return ::stat(target.file.c_str(), &target.status) == 0 ? error
                                                          : std::error_code{errno, std::generic_category()};
}

HttpAnswer StaticFiles::serve_file(const Target& target, const HttpRequest& request) const {
  if (!S_ISREG(target.status.st_mode))
    return HttpResponse::error(404);  // not even opened: it may be a device
  const std::string etag = etag_of(target.status);
  const std::string_view if_match = request.header("If-Match");
  if (!if_match.empty() && !names_etag_strongly(if_match, etag)) return HttpResponse::error(412);
  if (names_etag(request.header("If-None-Match"), etag)) {
    HttpResponse fresh;
    fresh.status = 304;
    return fresh.add_header("ETag", etag).add_header("Cache-Control", "no-cache");
  }
  std::error_code error;
  std::shared_ptr<const OpenFile> opened = OpenFile::open(target.file.string(), error);
  if (!opened) return refuse(error, request.path);
  return answer_with(std::move(opened), request);
}

HttpAnswer StaticFiles::answer_with(std::shared_ptr<const OpenFile> file, const HttpRequest& request) const {
  const std::string etag = etag_of(file->status());
  const std::uint64_t size = file->bytes();
  HttpAnswer answer{HttpResponse{}};
  answer.add_header("ETag", etag)
      .add_header("Cache-Control", "no-cache")
      .add_header("Accept-Ranges", "bytes");
  const std::string_view if_range = request.header("If-Range");
  const bool may_be_part = request.method == "GET" && (if_range.empty() || if_range == etag);
  const auto range = may_be_part ? parse_byte_range(request.header("Range"), size) : std::nullopt;
  if (range) {
    if (range->bytes == 0) {
      return HttpResponse::error(416).add_header("Content-Range", "bytes */" + std::to_string(size));
    }
    answer.status = 206;
    answer.add_header("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                           std::to_string(range->first + range->bytes - 1) + "/" +
                                           std::to_string(size));
    answer.file = FileRange{file, range->first, range->bytes};
  } else if (size > limits::file_whole_bytes || request.method == "HEAD") {
    answer.file = FileRange{file, 0, size};
  } else {
    answer.body = cached(file->path(), etag);
    if (!answer.body) answer.body = remember(file->path(), etag, file->read(0, size));
    if (!answer.body) return refuse(std::make_error_code(std::errc::io_error), request.path);
  }
  answer.add_header("Content-Type", std::string{content_type_of(file->path())});
  return answer;
}

/// What is not there is the client's business. What is there and cannot be served is the operator's, too.
HttpAnswer StaticFiles::refuse(std::error_code why, const std::string& path) {
  const std::error_condition is = why.default_error_condition();
  for (const std::errc missing : {std::errc::no_such_file_or_directory, std::errc::not_a_directory,
                                  std::errc::filename_too_long, std::errc::too_many_symbolic_link_levels}) {
    if (is == missing) return HttpResponse::error(404);
  }
  HttpAnswer answer =
      is == std::errc::permission_denied ? HttpResponse::error(403) : HttpResponse::too_busy();
  answer.failure = {path, why.message()};
  return answer;
}

std::shared_ptr<const std::string> StaticFiles::cached(const std::string& file,
                                                       const std::string& etag) const {
  const std::lock_guard lock{mutex_};
  const auto found = cache_.find(file);
  return found != cache_.end() && found->second.etag == etag ? found->second.bytes.lock() : nullptr;
}

std::shared_ptr<const std::string> StaticFiles::remember(const std::string& file, const std::string& etag,
                                                         std::shared_ptr<const std::string> bytes) const {
  if (!bytes) return nullptr;
  const std::lock_guard lock{mutex_};
  if (cache_.size() >= limits::cached_files_swept) {
    std::erase_if(cache_, [](const auto& entry) { return entry.second.bytes.expired(); });
  }
  Cached& entry = cache_[file];
  const std::shared_ptr<const std::string> other = entry.bytes.lock();
  if (other && entry.etag == etag) return other;  // another thread was faster
  entry = {bytes, etag};
  return bytes;
}

}  // namespace nano
