// Internal header. Content types of files by their extension.
#pragma once

#include <string_view>

namespace nano {

/// "text/html; charset=utf-8" for "index.html", whatever the case; "application/octet-stream" for extensions
/// that are not known.
std::string_view content_type_of(std::string_view file_name);

}  // namespace nano
