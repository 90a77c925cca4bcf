// Internal header. The texts in encoded protobuf messages, which are to be UTF-8.
//
// libprotobuf writes a line to standard error for each text of a proto3 message that is not, and takes any
// bytes for a text of proto2. So the texts are looked at before it reads a message, and after it wrote one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nano/base/result.h"

namespace nano::detail {

class TextFields;

/// A message of this kind whose surrogates are joined, or nothing where all its texts are UTF-8 already.
/// Errors are Errc::bad_payload: bytes that are no message, or a text of other bytes, with a sentence that
/// names its field. At most 2 GiB.
Result<std::optional<std::string>> mend_texts(std::string_view bytes, const TextFields& fields);

/// The same of a message that libprotobuf wrote: what is not UTF-8 then becomes U+FFFD.
std::optional<std::string> replace_invalid_texts(std::string_view bytes, const TextFields& fields);

}  // namespace nano::detail
