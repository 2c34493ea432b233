// A fresh network namespace has its loopback down. Brings it up, by iproute2 or, where that is missing, by perl alone
// (SIOCSIFFLAGS of linux/sockios.h with IFF_UP and IFF_RUNNING).
export const loopbackUp = `ip link set lo up 2>/dev/null || perl -e '
socket(my $s, 2, 2, 0) or die $!; my $r = pack("a16 s x22", "lo", 0x41); ioctl($s, 0x8914, $r) or die $!'`;
