#include <winsock2.h>

#include <uv.h>

#include "core/status.h"
#include "fallback/bridge/convert.h"
#include "fallback/api/wake_descriptor.h"

// A socket, since that is all that select and WSAPoll can wait for. Its number fits into an int, as that
// of every kernel object does.
namespace pawl::watch {
namespace {

SOCKET socket_of(int descriptor) { return static_cast<SOCKET>(static_cast<unsigned>(descriptor)); }

}  // namespace

Error WakeDescriptor::open() {
  WSADATA data;
  if (::WSAStartup(MAKEWORD(2, 2), &data) != 0)
    return to_public(Status(Code::kUnsupported, "make a pair of sockets", {}));
  uv_os_sock_t ends[2];
  if (const int error = uv_socketpair(SOCK_STREAM, 0, ends, 0, 0)) {
    ::WSACleanup();
    return to_public(Status(Code::kInstanceLimit, "make a pair of sockets", {}, uv_strerror(error)));
  }
  ends_[0] = static_cast<int>(ends[0]);
  ends_[1] = static_cast<int>(ends[1]);
  return {};
}

WakeDescriptor::~WakeDescriptor() {
  if (ends_[0] < 0) return;
  for (const int end : ends_) ::closesocket(socket_of(end));
  ::WSACleanup();
}

void WakeDescriptor::raise() {
  if (raised_) return;
  const char byte = 1;
  // Never blocks: there is one byte in it at most.
  (void)::send(socket_of(ends_[1]), &byte, 1, 0);
  raised_ = true;
}

void WakeDescriptor::clear() {
  if (!raised_) return;
  char byte;
  (void)::recv(socket_of(ends_[0]), &byte, 1, 0);
  raised_ = false;
}

}  // namespace pawl::watch
