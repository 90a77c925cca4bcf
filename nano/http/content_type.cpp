#include "nano/http/content_type.h"

#include <algorithm>
#include <array>

#include "nano/http/message.h"

namespace nano {

namespace {

struct ContentType {
  std::string_view extension;
  std::string_view name;
};

constexpr auto content_types = std::to_array<ContentType>({
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".webm", "video/webm"},
    {".mp4", "video/mp4"},
});

}  // namespace

std::string_view content_type_of(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? "" : file_name.substr(dot);
  const auto* known = std::find_if(content_types.begin(), content_types.end(), [&](const ContentType& type) {
    return equals_ignoring_case(type.extension, extension);
  });
  return known == content_types.end() ? "application/octet-stream" : known->name;
}

}  // namespace nano
