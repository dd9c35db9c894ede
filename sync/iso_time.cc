#include "sync/iso_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace pawl {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr WallMs kDay = 86'400'000;
constexpr WallMs kFirst = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr WallMs kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z
constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.dddZ";

bool has_form(std::string_view text) {
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return false;
  }
  return true;
}

int number(std::string_view text, std::size_t from, std::size_t length) {
  int value = 0;
  for (const char c : text.substr(from, length)) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

std::string iso_time(WallMs at) {
  at = std::clamp(at, kFirst, kLast);
  WallMs day = at / kDay;
  if (at % kDay < 0) --day;
  const std::chrono::year_month_day date{sys_days{days{day}}};
  const WallMs in_day = at - day * kDay;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     in_day / 3'600'000, in_day / 60'000 % 60, in_day / 1000 % 60, in_day % 1000);
}

std::optional<WallMs> parse_iso_time(std::string_view text) {
  if (!has_form(text)) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(number(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(number(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(number(text, 8, 2)))};
  const int hour = number(text, 11, 2);
  const int minute = number(text, 14, 2);
  const int second = number(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const WallMs day = sys_days(date).time_since_epoch().count();
  return day * kDay + hour * WallMs{3'600'000} + minute * WallMs{60'000} + second * WallMs{1000} +
         number(text, 20, 3);
}

WallMs system_wall_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

}  // namespace pawl
