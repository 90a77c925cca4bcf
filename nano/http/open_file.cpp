#include "nano/http/open_file.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace nano {

OpenFile::OpenFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

OpenFile::~OpenFile() { ::close(descriptor_); }

std::shared_ptr<const OpenFile> OpenFile::open(const std::string& path, std::error_code& error) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) {
    error = {errno, std::generic_category()};
    return nullptr;
  }
  const std::shared_ptr<OpenFile> file{new OpenFile{path, descriptor}};
  if (::fstat(descriptor, &file->status_) != 0) {
    error = {errno, std::generic_category()};
    return nullptr;
  }
  if (!S_ISREG(file->status_.st_mode)) {
    error = std::make_error_code(std::errc::no_such_file_or_directory);
    return nullptr;
  }
  return file;
}

std::shared_ptr<const std::string> OpenFile::read(std::uint64_t offset, std::size_t count) const {
  auto bytes = std::make_shared<std::string>(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got =
        ::pread(descriptor_, bytes->data() + filled, count - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return nullptr;
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace nano
