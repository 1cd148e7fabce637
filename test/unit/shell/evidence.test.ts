import { describe, expect, it } from 'vitest'
import { type Evidence, evidenceOf } from '../../../src/shell/evidence.js'
import { type Details, detailScript, parseDetails } from '../../../src/shell/evidence-details.js'
import {
  type Front,
  frontOf,
  interruptScript,
  parseProcesses,
} from '../../../src/shell/evidence-processes.js'

interface Recorded {
  name: string
  /** The process that served the connection. */
  parent: number
  processes: string
  details: string
  /** What is to be made of it; members by their numbers. */
  front: Omit<Front, 'members'> & { members: number[] }
  evidence: Evidence
}

/** As `stty -a` of coreutils tells of a terminal that nobody has changed. */
const COOKED = `stty speed 38400 baud; rows 24; columns 80; line = 0;
stty intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
stty eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
stty werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
stty -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
stty -ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
stty -iuclc ixany imaxbel iutf8
stty opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
stty isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
stty echoctl echoke -flusho -extproc`

/** Taken from real sessions on Debian 12: kernel 6.18, coreutils 9.1, OpenSSH 9.2. */
const RECORDED: Recorded[] = [
  {
    name: 'bash at its prompt',
    parent: 26870,
    processes: `26870 (sshd) R 26856 26870 26870 0 -1 4194560 809 1636 0 1 0 0 2 0 20 0 1 0 1307644 17494016 2472 18446744073709551615 94783545585664 94783546430349 140736125445632 0 0 0 0 4096 81926 0 0 0 17 0 0 0 0 0 0 94783546783600 94783546799760 94783771017216 140736125453695 140736125453751 140736125453751 140736125456361 0
26876 (bash) S 26870 26876 26876 34817 26876 4194560 479 0 0 0 0 0 0 0 20 0 1 0 1307660 4304896 806 18446744073709551615 93827934158848 93827934948253 140722339686944 0 0 0 0 3686404 1266761467 1 0 0 17 1 0 0 0 0 0 93827935181552 93827935229796 93828715737088 140722339688125 140722339688137 140722339688137 140722339688426 0
26887 (sh) S 26870 26887 26887 0 -1 4194560 411 0 0 0 0 0 0 0 20 0 1 0 1307664 2654208 420 18446744073709551615 94718205571072 94718205647801 140722849251168 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94718205677104 94718205682240 94718727352320 140722849255151 140722849255154 140722849255154 140722849255404 0
`,
    details: `machine x86_64
stty speed 38400 baud; rows 24; columns 80; line = 0;
stty intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
stty eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
stty werase = ^W; lnext = <undef>; discard = <undef>; min = 1; time = 0;
stty -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
stty -ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl ixon -ixoff
stty -iuclc ixany imaxbel iutf8
stty opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
stty isig -icanon iexten -echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
stty echoctl echoke -flusho -extproc
thread 26876 26876 poll_schedule_timeout.constprop.0 270 0x1 0x7ffc79119650 0x0 0x0 0x0 0x7ffc79119580 0x7ffc79119540 0x7fe6980deaec
arg bash
arg --norc
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/26876/exe -> /usr/bin/bash

/proc/26876/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/1
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/1
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/1
lrwx------ 1 0 0 64 Nov 21 17:11 255 -> /dev/pts/1
`,
    front: { tty: '/dev/pts/1', loginPid: 26876, group: 26876, members: [26876], descended: false },
    evidence: {
      kind: 'shell',
      comm: 'bash',
      pid: 26876,
      exe: '/usr/bin/bash',
      loginPid: 26876,
      reading: true,
      readBytes: expect.toBeOneOf([null, expect.any(Number)]),
      sourcing: false,
      canonical: false,
      echo: false,
      interruptible: true,
    },
  },
  {
    name: 'a pipeline that reads the terminal',
    parent: 26901,
    processes: `26901 (sshd) R 26856 26901 26901 0 -1 4194560 807 1644 0 0 1 0 2 0 20 0 1 0 1307668 17494016 2484 18446744073709551615 93853457657856 93853458502541 140725147358160 0 0 0 0 4096 81926 0 0 0 17 0 0 0 0 0 0 93853458855792 93853458871952 93853633089536 140725147366783 140725147366839 140725147366839 140725147369449 0
26911 (bash) S 26901 26911 26911 34819 26911 4194560 312 0 0 0 0 0 0 0 20 0 1 0 1307686 4034560 707 18446744073709551615 94211419324416 94211420113821 140733259212688 0 0 0 65536 4 65538 1 0 0 17 1 0 0 0 0 0 94211420347120 94211420395364 94211550265344 140733259214540 140733259214559 140733259214559 140733259214830 0
26913 (cat) S 26911 26911 26911 34819 26911 4194304 91 0 0 0 0 0 0 0 20 0 1 0 1307686 2703360 273 18446744073709551615 93911014170624 93911014190505 140723543723040 0 0 0 0 0 0 1 0 0 17 1 0 0 0 0 0 93911014206512 93911014208128 93911662514176 140723543723703 140723543723707 140723543723707 140723543724011 0
26914 (sort) S 26911 26911 26911 34819 26911 4194304 100 0 1 0 0 0 0 0 20 0 1 0 1307686 11157504 376 18446744073709551615 94054847660032 94054847732553 140722606498992 0 0 0 0 0 394293255 1 0 0 17 1 0 0 0 0 0 94054847760656 94054847763784 94055336665088 140722606505652 140722606505657 140722606505657 140722606505962 0
26924 (sh) S 26901 26924 26924 0 -1 4194560 404 0 0 0 0 0 0 0 20 0 1 0 1307688 2654208 365 18446744073709551615 94806972076032 94806972152761 140727404947744 0 0 0 0 0 65536 1 0 0 17 1 0 0 0 0 0 94806972182064 94806972187200 94807934214144 140727404949231 140727404949234 140727404949234 140727404949484 0
`,
    details: `machine x86_64
${COOKED}
thread 26911 26911 do_wait 61 0xffffffff 0x7fff03ec5e40 0x0 0x0 0x1 0x8 0x7fff03ec5e18 0x7fd2238a1bd3
thread 26914 26914 anon_pipe_read 0 0x0 0x7fe2bdd30010 0x20000 0x1000 0xc00 0x0 0x7ffc88f8de68 0x7fe2be64c2ad
thread 26913 26913 wait_woken 0 0x0 0x7fe4d8dd7000 0x20000 0x7fe4d8e0ab60 0xffffffff 0x0 0x7ffcc0d5c978 0x7fe4d8ef32ad
arg bash
arg -c
arg cat | sort
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/26911/exe -> /usr/bin/bash
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/26913/exe -> /usr/bin/cat
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/26914/exe -> /usr/bin/sort

/proc/26911/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/3
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/3
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/3

/proc/26913/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/3
l-wx------ 1 0 0 64 Nov 21 17:11 1 -> pipe:[3018547]
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/3

/proc/26914/fd:
total 0
lr-x------ 1 0 0 64 Nov 21 17:11 0 -> pipe:[3018547]
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/3
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/3
`,
    front: {
      tty: '/dev/pts/3',
      loginPid: 26911,
      group: 26911,
      members: [26911, 26914, 26913],
      descended: false,
    },
    evidence: { kind: 'line', comm: 'cat', pid: 26913, canonical: true, echo: true, interruptible: true },
  },
  {
    name: 'a program with an evil name',
    parent: 26935,
    processes: `26935 (sshd) R 26856 26935 26935 0 -1 4194560 808 1643 0 0 0 0 1 1 20 0 1 0 1307690 17494016 2475 18446744073709551615 94347334987776 94347335832461 140734220485984 0 0 0 0 4096 81926 0 0 0 17 1 0 0 0 0 0 94347336185712 94347336201872 94347719753728 140734220494207 140734220494263 140734220494263 140734220496873 0
26938 (a (b) S 1
2 c) S 26935 26938 26938 34821 26938 4194560 348 0 0 0 0 0 0 0 20 0 1 0 1307707 2703360 314 18446744073709551615 94743165665280 94743165685161 140727712644128 0 0 0 0 0 0 1 0 0 17 0 0 0 0 0 0 94743165701168 94743165702784 94743292227584 140727712648840 140727712648856 140727712648856 140727712649192 0
26949 (sh) S 26935 26949 26949 0 -1 4194560 407 0 0 0 0 0 0 0 20 0 1 0 1307709 2654208 364 18446744073709551615 93986139590656 93986139667385 140736577486336 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 93986139696688 93986139701824 93986640162816 140736577494767 140736577494770 140736577494770 140736577495020 0
`,
    details: `machine x86_64
${COOKED}
thread 26938 26938 wait_woken 0 0x0 0x7f57c9cee000 0x20000 0x7f57c9d21b60 0xffffffff 0x0 0x7ffdb9527978 0x7f57c9e0a2ad
arg ./a (b) S 1 2 c
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/26938/exe -> /tmp/sshd-GdfoZy/home/a (b) S 1
2 c

/proc/26938/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/5
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/5
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/5
`,
    front: { tty: '/dev/pts/5', loginPid: 26938, group: 26938, members: [26938], descended: false },
    evidence: {
      kind: 'line',
      comm: 'a (b) S 1\n2 c',
      pid: 26938,
      canonical: true,
      echo: true,
      interruptible: true,
    },
  },
  {
    name: 'dash whose start file reads',
    parent: 26960,
    processes: `26960 (sshd) R 26856 26960 26960 0 -1 4194560 807 1644 0 1 0 0 2 0 20 0 1 0 1307710 17494016 2467 18446744073709551615 94248811274240 94248812118925 140723465090432 0 0 0 0 4096 81926 0 0 0 17 0 0 0 0 0 0 94248812472176 94248812488336 94249885560832 140723465094527 140723465094583 140723465094583 140723465097193 0
26963 (dash) S 26960 26963 26963 34823 26963 4194560 357 0 0 0 0 0 0 0 20 0 1 0 1307728 2654208 400 18446744073709551615 94254670532608 94254670609337 140725297758672 0 0 0 0 2637828 65538 1 0 0 17 1 0 0 0 0 0 94254670638640 94254670643776 94255217528832 140725297761951 140725297761959 140725297761959 140725297762282 0
26974 (sh) S 26960 26974 26974 0 -1 4194560 405 0 0 0 0 0 0 0 20 0 1 0 1307730 2654208 399 18446744073709551615 94421241815040 94421241891769 140725913319808 0 0 0 0 0 65536 1 0 0 17 1 0 0 0 0 0 94421241921072 94421241926208 94422104129536 140725913321199 140725913321202 140725913321202 140725913321452 0
`,
    details: `machine x86_64
${COOKED}
thread 26963 26963 wait_woken 0 0x0 0x7ffd29623d3f 0x1 0x0 0x2 0x1 0x7ffd29623d08 0x7f20f41c72ad
file 11
arg dash
arg -i
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/26963/exe -> /usr/bin/dash

/proc/26963/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/7
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/7
lrwx------ 1 0 0 64 Nov 21 17:11 10 -> /dev/tty
lr-x------ 1 0 0 64 Nov 21 17:11 11 -> /tmp/sshd-GdfoZy/home/profile
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/7
`,
    front: { tty: '/dev/pts/7', loginPid: 26963, group: 26963, members: [26963], descended: false },
    evidence: {
      kind: 'shell',
      comm: 'dash',
      pid: 26963,
      exe: '/usr/bin/dash',
      loginPid: 26963,
      reading: true,
      readBytes: expect.toBeOneOf([null, expect.any(Number)]),
      sourcing: true,
      canonical: true,
      echo: true,
      interruptible: true,
    },
  },
  {
    name: 'cat behind script',
    parent: 26985,
    processes: `26985 (sshd) R 26856 26985 26985 0 -1 4194560 802 1655 0 0 0 0 1 0 20 0 1 0 1307732 17494016 2483 18446744073709551615 94498505326592 94498506171277 140728545518080 0 0 0 0 4096 81926 0 0 0 17 0 0 0 0 0 0 94498506524528 94498506540688 94498673057792 140728545523071 140728545523127 140728545523127 140728545525737 0
26988 (script) S 26985 26988 26988 34825 26988 4194560 362 0 0 0 0 0 0 0 20 0 1 0 1307748 2592768 418 18446744073709551615 94893298524160 94893298561593 140722231925504 0 0 0 2147221247 0 0 1 0 0 17 1 0 0 0 0 0 94893298582384 94893298585620 94893402972160 140722231926428 140722231926453 140722231926453 140722231926760 0
26990 (cat) S 26988 26990 26990 34826 26990 4194304 189 0 0 0 0 0 0 0 20 0 1 0 1307749 2703360 288 18446744073709551615 94362794143744 94362794163625 140724841411424 0 0 0 0 0 0 1 0 0 17 1 0 0 0 0 0 94362794179632 94362794181248 94362912972800 140724841414327 140724841414331 140724841414331 140724841414635 0
27000 (sh) S 26985 27000 27000 0 -1 4194560 404 0 0 0 0 0 0 0 20 0 1 0 1307751 2654208 364 18446744073709551615 94342569762816 94342569839545 140729190568384 0 0 0 0 0 65536 1 0 0 17 1 0 0 0 0 0 94342569868848 94342569873984 94343245635584 140729190575855 140729190575858 140729190575858 140729190576108 0
`,
    details: `machine x86_64
${COOKED}
thread 26990 26990 wait_woken 0 0x0 0x7ffad6948000 0x20000 0x7ffad697bb60 0xffffffff 0x0 0x7ffd0e2ef0b8 0x7ffad6a642ad
arg cat
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/26990/exe -> /usr/bin/cat

/proc/26990/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/10
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/10
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/10
`,
    front: { tty: '/dev/pts/10', loginPid: 26988, group: 26990, members: [26990], descended: true },
    evidence: { kind: 'line', comm: 'cat', pid: 26990, canonical: true, echo: true, interruptible: true },
  },
  {
    name: 'a program that reads a socket',
    parent: 27011,
    processes: `27011 (sshd) S 26856 27011 27011 0 -1 4194560 817 1658 0 0 0 0 2 0 20 0 1 0 1307754 17494016 2507 18446744073709551615 94565403209728 94565404054413 140723348003456 0 0 0 0 4096 81926 1 0 0 17 1 0 0 0 0 0 94565404407664 94565404423824 94566111764480 140723348010367 140723348010423 140723348010423 140723348013033 0
27014 (python3) S 27011 27014 27014 34828 27014 4194560 1523 0 2 0 0 1 0 0 20 0 1 0 1307772 15769600 2480 18446744073709551615 4321280 7148169 140727604636688 0 0 0 0 16781312 2 1 0 0 17 1 0 0 0 0 0 9723336 11027064 558436352 140727604641327 140727604641458 140727604641458 140727604641767 0
27025 (sh) S 27011 27025 27025 0 -1 4194560 409 0 0 0 0 0 0 0 20 0 1 0 1307776 2654208 407 18446744073709551615 94350764634112 94350764710841 140729589085056 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94350764740144 94350764745280 94350947958784 140729589092079 140729589092082 140729589092082 140729589092332 0
`,
    details: `machine x86_64
${COOKED}
thread 27014 27014 wait_woken 45 0x4 0x7f57af14ae10 0x1 0x0 0x0 0x0 0x7ffdb2e26578 0x7f57af2c8929
arg /usr/bin/python3
arg -c
arg import socket as s; l = s.create_server(("127.0.0.1", 0)); c = s.create_connection(l.getsockname()); c.recv(1)
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27014/exe -> /usr/bin/python3.11

/proc/27014/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/12
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/12
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/12
lrwx------ 1 0 0 64 Nov 21 17:11 3 -> socket:[3020418]
lrwx------ 1 0 0 64 Nov 21 17:11 4 -> socket:[3018716]
`,
    front: { tty: '/dev/pts/12', loginPid: 27014, group: 27014, members: [27014], descended: false },
    evidence: {
      kind: 'working',
      comm: 'python3',
      pid: 27014,
      canonical: true,
      echo: true,
      interruptible: true,
    },
  },
  {
    name: 'less',
    parent: 27036,
    processes: `27036 (sshd) R 26856 27036 27036 0 -1 4194560 812 1674 0 0 1 0 2 0 20 0 1 0 1307779 17494016 2486 18446744073709551615 94673205534720 94673206379405 140727986313280 0 0 0 0 4096 81926 0 0 0 17 1 0 0 0 0 0 94673206732656 94673206748816 94673426309120 140727986320767 140727986320823 140727986320823 140727986323433 0
27097 (less) S 27036 27097 27097 34830 27097 4194560 395 0 2 0 0 0 0 0 20 0 1 0 1307797 2945024 522 18446744073709551615 94742164701184 94742164807677 140725687380912 0 0 0 0 4 134758402 1 0 0 17 1 0 0 0 0 0 94742164859688 94742164877552 94742874304512 140725687385765 140725687385784 140725687385784 140725687386090 0
27108 (sh) S 27036 27108 27108 0 -1 4194560 409 0 0 0 0 0 0 0 20 0 1 0 1307800 2654208 399 18446744073709551615 94613425864704 94613425941433 140726473637952 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94613425970736 94613425975872 94613444640768 140726473641711 140726473641714 140726473641714 140726473641964 0
`,
    details: `machine x86_64
stty speed 38400 baud; rows 24; columns 80; line = 0;
stty intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
stty eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
stty werase = ^W; lnext = <undef>; discard = ^O; min = 1; time = 0;
stty -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
stty -ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
stty -iuclc ixany imaxbel iutf8
stty opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab3 bs0 vt0 ff0
stty isig -icanon iexten -echo -echoe -echok -echonl -noflsh -xcase -tostop -echoprt
stty echoctl echoke -flusho -extproc
thread 27097 27097 wait_woken 0 0x3 0x7ffd409b68d7 0x1 0x24 0x562ae1153238 0x7ffd409b62e0 0x7ffd409b67f8 0x7fca3bb282ad
file 4
arg less
arg /etc/services
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27097/exe -> /usr/bin/less

/proc/27097/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/14
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/14
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/14
lr-x------ 1 0 0 64 Nov 21 17:11 3 -> /dev/pts/14
lr-x------ 1 0 0 64 Nov 21 17:11 4 -> /etc/services
`,
    front: { tty: '/dev/pts/14', loginPid: 27097, group: 27097, members: [27097], descended: false },
    evidence: { kind: 'keys', comm: 'less', pid: 27097, canonical: false, echo: false, interruptible: true },
  },
  {
    name: 'fish at its prompt, with a background child in its group',
    parent: 27119,
    processes: `27119 (sshd) R 26856 27119 27119 0 -1 4194560 826 3648 0 0 1 1 4 1 20 0 1 0 1307803 17494016 2488 18446744073709551615 93874141745152 93874142589837 140737259534784 0 0 0 0 4096 81926 0 0 0 17 0 0 0 0 0 0 93874142943088 93874142959248 93874630189056 140737259537791 140737259537847 140737259537847 140737259540457 0
27122 (fish) S 27119 27122 27122 34832 27122 4194560 810 334 2 1 2 0 0 0 20 0 3 0 1307822 161157120 1762 18446744073709551615 94921508102144 94921509490677 140735349103984 0 0 0 0 2625540 135356435 0 0 0 17 1 0 0 0 0 0 94921509880824 94921509904720 94922075205632 140735349112515 140735349112520 140735349112520 140735349112810 0
27135 (python3) R 27122 27122 27122 34832 27122 4194304 2719 269 1 6 4 0 0 0 20 0 1 0 1307824 21680128 3950 18446744073709551615 4321280 7148169 140723574480560 0 0 0 6 16781312 2 0 0 0 17 1 0 0 0 0 0 9723336 11027064 917032960 140723574488589 140723574488752 140723574488752 140723574489063 0
27157 (sh) S 27119 27157 27157 0 -1 4194560 408 0 0 0 0 0 0 0 20 0 1 0 1307832 2654208 405 18446744073709551615 94386255777792 94386255854521 140734444430480 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94386255883824 94386255888960 94387146203136 140734444433135 140734444433138 140734444433138 140734444433388 0
`,
    details: `machine x86_64
stty speed 38400 baud; rows 24; columns 80; line = 0;
stty intr = ^C; quit = <undef>; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
stty eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = <undef>;
stty rprnt = ^R; werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
stty -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
stty -ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -ixon -ixoff
stty -iuclc ixany imaxbel iutf8
stty opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
stty isig -icanon -iexten -echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
stty echoctl echoke -flusho -extproc
thread 27122 27122 poll_schedule_timeout.constprop.0 7 0x5654c4a76390 0x3 0xffffffff 0x3d38b78da4b5b8da 0x0 0x5654c49f42d0 0x7fff807d8050 0x7fb6ae91a26f
thread 27122 27125 poll_schedule_timeout.constprop.0 7 0x7fb6a8000b90 0x1 0x100 0x0 0x0 0x0 0x7fb6ae81cd90 0x7fb6ae91a26f
thread 27122 27136 futex_do_wait 202 0x5654c4941b40 0x89 0x0 0x7fb6ae01be60 0x0 0xffffffff 0x7fb6ae01bd60 0x7fb6ae8a3f16
thread 27135 27135 ext4_read_bh running
arg fish
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27122/exe -> /usr/bin/fish
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27135/exe -> /usr/bin/python3.11

/proc/27122/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/16
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/16
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/16
lr-x------ 1 0 0 64 Nov 21 17:11 3 -> /root
lrwx------ 1 0 0 64 Nov 21 17:11 4 -> /tmp/fish.root/fish_universal_variables.notifier
lrwx------ 1 0 0 64 Nov 21 17:11 5 -> anon_inode:[eventfd]
lrwx------ 1 0 0 64 Nov 21 17:11 6 -> anon_inode:[eventfd]

/proc/27135/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/16
l-wx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/null
l-wx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/null
lr-x------ 1 0 0 64 Nov 21 17:11 3 -> /usr/share/man/man1
`,
    front: { tty: '/dev/pts/16', loginPid: 27122, group: 27122, members: [27122, 27135], descended: false },
    evidence: {
      kind: 'shell',
      comm: 'fish',
      pid: 27122,
      exe: '/usr/bin/fish',
      loginPid: 27122,
      reading: true,
      readBytes: expect.toBeOneOf([null, expect.any(Number)]),
      sourcing: false,
      canonical: false,
      echo: false,
      interruptible: true,
    },
  },
  {
    name: 'tcsh at its prompt, a login shell',
    parent: 27168,
    processes: `27168 (sshd) R 26856 27168 27168 0 -1 4194560 823 2672 0 0 0 1 2 1 20 0 1 0 1307835 17494016 2500 18446744073709551615 94140888055808 94140888900493 140722440985984 0 0 0 0 4096 81926 0 0 0 17 0 0 0 0 0 0 94140889253744 94140889269904 94141659996160 140722440992127 140722440992183 140722440992183 140722440994793 0
27171 (tcsh) S 27168 27171 27171 34834 27171 4194560 600 155 2 0 0 0 0 0 20 0 1 0 1307852 3964928 673 18446744073709551615 94715426562048 94715426868297 140732018567792 0 0 0 0 3686404 159457283 1 0 0 17 1 0 0 0 0 0 94715426945296 94715426966718 94715460341760 140732018568899 140732018568904 140732018568904 140732018569194 0
27192 (sh) S 27168 27192 27192 0 -1 4194560 412 0 0 0 0 0 0 0 20 0 1 0 1307860 2654208 401 18446744073709551615 94712633368576 94712633445305 140726037023744 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94712633474608 94712633479744 94712747692032 140726037024495 140726037024498 140726037024498 140726037024748 0
`,
    details: `machine x86_64
stty speed 38400 baud; rows 24; columns 80; line = 0;
stty intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = <undef>; eol = <undef>;
stty eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = <undef>;
stty rprnt = <undef>; werase = <undef>; lnext = <undef>; discard = ^O;
stty min = 1; time = 0;
stty -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
stty -ignbrk -brkint -ignpar -parmrk -inpck -istrip inlcr -igncr icrnl ixon -ixoff
stty -iuclc ixany imaxbel iutf8
stty opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
stty isig -icanon -iexten -echo echoe -echok -echonl -noflsh -xcase -tostop -echoprt
stty echoctl echoke -flusho -extproc
thread 27171 27171 wait_woken 0 0x10 0x7ffeb9f9a260 0x1 0x0 0x0 0x4 0x7ffeb9f9a238 0x7f5931bb32ad
arg -csh
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27171/exe -> /usr/bin/tcsh

/proc/27171/fd:
total 0
lr-x------ 1 0 0 64 Nov 21 17:11 0 -> /dev/null
lr-x------ 1 0 0 64 Nov 21 17:11 1 -> /dev/null
lrwx------ 1 0 0 64 Nov 21 17:11 15 -> /dev/pts/18
lrwx------ 1 0 0 64 Nov 21 17:11 16 -> /dev/pts/18
lrwx------ 1 0 0 64 Nov 21 17:11 17 -> /dev/pts/18
lrwx------ 1 0 0 64 Nov 21 17:11 18 -> /dev/pts/18
lrwx------ 1 0 0 64 Nov 21 17:11 19 -> /dev/pts/18
lr-x------ 1 0 0 64 Nov 21 17:11 2 -> /dev/null
`,
    front: { tty: '/dev/pts/18', loginPid: 27171, group: 27171, members: [27171], descended: false },
    evidence: {
      kind: 'shell',
      comm: 'tcsh',
      pid: 27171,
      exe: '/usr/bin/tcsh',
      loginPid: 27171,
      reading: true,
      readBytes: expect.toBeOneOf([null, expect.any(Number)]),
      sourcing: false,
      canonical: false,
      echo: false,
      interruptible: true,
    },
  },
  {
    name: 'ash of busybox at its prompt',
    parent: 27203,
    processes: `27203 (sshd) R 26856 27203 27203 0 -1 4194560 816 1692 0 0 1 0 2 0 20 0 1 0 1307862 17494016 2476 18446744073709551615 94280744230912 94280745075597 140736508247536 0 0 0 0 4096 81926 0 0 0 17 0 0 0 0 0 0 94280745428848 94280745445008 94281770434560 140736508249471 140736508249527 140736508249527 140736508252137 0
27206 (busybox) S 27203 27206 27206 34836 27206 4194560 374 0 1 0 0 0 0 0 20 0 1 0 1307879 3362816 575 18446744073709551615 93912572510208 93912573099725 140733211305360 0 0 0 0 2637828 134283266 1 0 0 17 1 0 0 0 0 0 93912573221936 93912573235847 93913453211648 140733211307705 140733211307717 140733211307717 140733211308007 0
27217 (sh) S 27203 27217 27217 0 -1 4194560 413 0 0 0 0 0 0 0 20 0 1 0 1307882 2654208 400 18446744073709551615 94480412057600 94480412134329 140732146670704 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94480412163632 94480412168768 94480858030080 140732146675439 140732146675442 140732146675442 140732146675692 0
`,
    details: `machine x86_64
stty speed 38400 baud; rows 24; columns 80; line = 0;
stty intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
stty eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
stty werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
stty -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
stty -ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
stty -iuclc ixany imaxbel iutf8
stty opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
stty -isig -icanon iexten -echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
stty echoctl echoke -flusho -extproc
thread 27206 27206 poll_schedule_timeout.constprop.0 7 0x7fff01115fb0 0x1 0xffffffff 0x8 0x5569ee04cc90 0x5569ee04dd60 0x7fff01115f58 0x7f28680a3230
arg busybox
arg ash
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27206/exe -> /usr/bin/busybox

/proc/27206/fd:
total 0
lrwx------ 1 0 0 64 Nov 21 17:11 0 -> /dev/pts/20
lrwx------ 1 0 0 64 Nov 21 17:11 1 -> /dev/pts/20
lrwx------ 1 0 0 64 Nov 21 17:11 10 -> /dev/tty
lrwx------ 1 0 0 64 Nov 21 17:11 2 -> /dev/pts/20
`,
    front: { tty: '/dev/pts/20', loginPid: 27206, group: 27206, members: [27206], descended: false },
    evidence: {
      kind: 'shell',
      comm: 'busybox',
      pid: 27206,
      exe: '/usr/bin/busybox',
      loginPid: 27206,
      reading: true,
      readBytes: expect.toBeOneOf([null, expect.any(Number)]),
      sourcing: false,
      canonical: false,
      echo: false,
      interruptible: false,
    },
  },
  {
    name: 'su asking an ordinary user for a password',
    parent: 27246,
    processes: `27246 (sshd) S 27244 27244 27244 0 -1 4194624 343 2775 0 0 0 0 2 0 20 0 1 0 1307907 17485824 1407 18446744073709551615 1 1 0 0 0 0 0 4096 65536 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0
27248 (bash) S 27246 27248 27248 34838 27259 4194304 396 121 0 0 0 0 0 0 20 0 1 0 1307908 4304896 863 18446744073709551615 94779888242688 94779889032093 140731920062880 0 0 0 65536 3686404 1266761467 1 0 0 17 0 0 0 0 0 0 94779889265392 94779889313636 94779920171008 140731920068302 140731920068308 140731920068308 140731920068590 0
27259 (su) S 27248 27259 27248 34838 27259 4194304 232 0 1 0 0 0 0 0 20 0 1 0 1307911 6033408 808 18446744073709551615 1 1 0 0 0 0 524288 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0
27271 (sh) S 27246 27271 27271 0 -1 4194304 392 0 0 0 0 0 0 0 20 0 1 0 1307915 2654208 383 18446744073709551615 94481358368768 94481358445497 140729328497904 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94481358474800 94481358479936 94482319917056 140729328504535 140729328504538 140729328504538 140729328504812 0
`,
    details: `machine x86_64
stty speed 38400 baud; rows 24; columns 80; line = 0;
stty intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
stty eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
stty werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
stty -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
stty -ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
stty -iuclc ixany imaxbel iutf8
stty opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
stty isig icanon iexten -echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
stty echoctl echoke -flusho -extproc
thread 27259 27259 0 -
arg su
arg root
arg -c
arg true
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27259/exe
`,
    front: { tty: '/dev/pts/22', loginPid: 27248, group: 27259, members: [27259], descended: false },
    evidence: { kind: 'password', comm: 'su', pid: 27259, canonical: true, echo: false, interruptible: true },
  },
  {
    name: "root's program on an ordinary user's terminal",
    parent: 27246,
    processes: `27246 (sshd) R 27244 27244 27244 0 -1 4194624 472 6956 0 0 0 0 4 2 20 0 1 0 1307907 17485824 1439 18446744073709551615 1 1 0 0 0 0 65536 4096 65536 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0
27248 (bash) S 27246 27248 27248 34838 27290 4194304 430 353 0 1 0 0 0 0 20 0 1 0 1307908 4304896 863 18446744073709551615 94779888242688 94779889032093 140731920062880 0 0 0 65536 3686404 1266761467 1 0 0 17 0 0 0 0 0 0 94779889265392 94779889313636 94779920171008 140731920068302 140731920068308 140731920068308 140731920068590 0
27290 (slow) S 27248 27290 27248 34838 27290 4194304 84 0 0 0 0 0 0 0 20 0 1 0 1307921 2703360 310 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0
27302 (sh) S 27246 27302 27302 0 -1 4194304 389 0 0 0 0 0 0 0 20 0 1 0 1307925 2654208 405 18446744073709551615 94025036648448 94025036725177 140725601528304 0 0 0 0 0 65536 1 0 0 17 0 0 0 0 0 0 94025036754480 94025036759616 94025038135296 140725601533655 140725601533658 140725601533658 140725601533932 0
`,
    details: `machine x86_64
${COOKED}
thread 27290 27290 0 -
arg ./slow
listing
lrwxrwxrwx 1 0 0 0 Nov 21 17:11 /proc/27290/exe
`,
    front: { tty: '/dev/pts/22', loginPid: 27248, group: 27290, members: [27290], descended: false },
    evidence: {
      kind: 'unreadable',
      comm: 'slow',
      pid: 27290,
      canonical: true,
      echo: true,
      interruptible: true,
    },
  },
]

const recorded = (name: string): Recorded => {
  const found = RECORDED.find((one) => one.name === name)
  if (!found) throw new Error(`nothing recorded as ${name}`)
  return found
}

const frontIn = ({ processes, parent }: Recorded): Front => {
  const front = frontOf(parseProcesses(processes), parent)
  if (!front) throw new Error('no front')
  return front
}

describe('what recorded sessions show', () => {
  it.each(RECORDED)('$name', (record) => {
    const front = frontIn(record)
    expect({ ...front, members: front.members.map(({ pid }) => pid) }).toEqual(record.front)
    expect(evidenceOf(front, parseDetails(record.details))).toEqual(record.evidence)
  })
})

/** The evidence of a record, something in its details written differently. */
function changed(name: string, ...changes: [string | RegExp, string][]): Evidence {
  const record = recorded(name)
  const details = changes.reduce((text, [from, to]) => {
    const next = text.replaceAll(from instanceof RegExp ? new RegExp(from, 'gm') : from, to)
    if (next === text) throw new Error(`nothing to change: ${from}`)
    return next
  }, record.details)
  return evidenceOf(frontIn(record), parseDetails(details))
}

const PIPELINE = 'a pipeline that reads the terminal'
/** What yama's ptrace_scope leaves of a thread: the kernel's function, and no system call. */
const NO_SYSCALLS: [RegExp, string] = [/^(thread \d+ \d+ \S+) .*/, '$1 -']
const UNKNOWN: [RegExp, string] = [/^(thread \d+ \d+) .*/, '$1 0 -']
const RAW: [string, string] = ['isig icanon iexten echo ', 'isig -icanon iexten -echo ']
const NO_ECHO: [string, string] = ['icanon iexten echo ', 'icanon iexten -echo ']

describe('evidence', () => {
  it.each<[string, string, [string | RegExp, string][], Partial<Evidence>]>([
    ['a line, by the kernel function alone', PIPELINE, [NO_SYSCALLS], { kind: 'line', comm: 'cat' }],
    ['no line where a socket is open', PIPELINE, [NO_SYSCALLS, [/pipe:/, 'socket:']], { kind: 'working' }],
    ['nothing that may be read', PIPELINE, [UNKNOWN], { kind: 'unreadable', canonical: true }],
    [
      'no terminal that may be opened',
      PIPELINE,
      [[/^stty .*\n/, '']],
      { kind: 'unreadable', canonical: null },
    ],
    ['a password', PIPELINE, [NO_ECHO], { kind: 'password', comm: 'cat', echo: false }],
    ['a password, by the terminal alone', PIPELINE, [NO_ECHO, UNKNOWN], { kind: 'password', comm: 'bash' }],
    ['echo switched off, and nobody reads', 'a program that reads a socket', [NO_ECHO], { kind: 'working' }],
    ['keys', PIPELINE, [RAW], { kind: 'keys', comm: 'cat' }],
    ['no keys while a member runs', PIPELINE, [RAW, [/do_wait 61.*/, '0 running']], { kind: 'working' }],
    ['keys, by the kernel function alone', 'less', [NO_SYSCALLS], { kind: 'keys' }],
    [
      'a thread that reads among others',
      'a program that reads a socket',
      [[/^thread (\d+) .*/, '$&\nthread $1 9 futex_do_wait 202 0x5\nthread $1 10 wait_woken 0 0x0 0x7f']],
      { kind: 'line' },
    ],
    [
      'another machine',
      PIPELINE,
      [
        ['machine x86_64', 'machine aarch64'],
        [/wait_woken 0 /, 'wait_woken 63 '],
        [/anon_pipe_read 0 /, 'anon_pipe_read 63 '],
      ],
      { kind: 'line', comm: 'cat' },
    ],
    [
      'a machine that is not known',
      PIPELINE,
      [['machine x86_64', 'machine ppc64le']],
      { kind: 'line', comm: 'cat' },
    ],
    [
      'a shell of which nothing may be read',
      'bash at its prompt',
      [UNKNOWN, [/^listing\n[\s\S]*/, 'listing\n']],
      { kind: 'shell', exe: null, reading: null },
    ],
    [
      'a shell in its own read',
      'bash at its prompt',
      [
        ['isig -icanon iexten -echo ', 'isig icanon iexten echo '],
        [/poll_\S* 270 0x1/, 'wait_woken 0 0x0'],
      ],
      { kind: 'shell', reading: true, canonical: true },
    ],
    [
      'a shell at work',
      'bash at its prompt',
      [[/poll_\S* 270 0x1/, 'do_wait 61 0x1']],
      { kind: 'shell', reading: false },
    ],
    ['a shell that runs a script', 'bash at its prompt', [['arg --norc', 'arg ./x.sh']], { kind: 'keys' }],
    [
      'a shell whose input is a pipe',
      'bash at its prompt',
      [[/ 0 -> .*/, ' 0 -> pipe:[1]']],
      { kind: 'keys' },
    ],
    [
      'the same, made interactive',
      'bash at its prompt',
      [
        [/ 0 -> .*/, ' 0 -> pipe:[1]'],
        ['--norc', '-i'],
      ],
      { kind: 'shell' },
    ],
    [
      'a shell with a lock file that it writes',
      'dash whose start file reads',
      [['lr-x------ 1 0 0 64 Nov 21 17:11 11', 'lrwx------ 1 0 0 64 Nov 21 17:11 11']],
      { sourcing: false },
    ],
    [
      'a terminal that makes no signals',
      PIPELINE,
      [['isig icanon', '-isig icanon']],
      { interruptible: false },
    ],
  ])('%s', (_what, name, changes, facts) => {
    expect(changed(name, ...changes)).toMatchObject(facts)
  })

  it.each(['ssh', 'docker', 'kubectl', 'tmux: client', 'screen', 'mosh-client', 'session-manager'])(
    'takes %s for a relay on a raw terminal, and only there',
    (comm) => {
      const record = recorded('less')
      const front = frontIn({ ...record, processes: record.processes.replace('(less)', `(${comm})`) })
      expect(evidenceOf(front, parseDetails(record.details)).kind).toBe('relay')
      const cooked = record.details.replace('isig -icanon iexten -echo ', 'isig icanon iexten echo ')
      expect(evidenceOf(front, parseDetails(cooked)).kind).toBe('line')
    },
  )

  it('sees a password where the members cannot be seen at all', () => {
    const front = { ...frontIn(recorded(PIPELINE)), members: [] }
    const details = (stty: string): Details => parseDetails(`machine x86_64\nstty isig ${stty};\nlisting\n`)
    expect(evidenceOf(front, details('icanon -echo'))).toMatchObject({
      kind: 'password',
      comm: '',
      pid: front.group,
    })
    expect(evidenceOf(front, details('icanon echo')).kind).toBe('unreadable')
    expect(evidenceOf(front, details('-icanon -echo')).kind).toBe('unreadable')
  })
})

/** A line of /proc/N/stat. */
const stat = (
  pid: number,
  comm: string,
  ppid: number,
  group: number,
  session: number,
  tty: number,
  foreground: number,
  state = 'S',
): string =>
  `${pid} (${comm}) ${state} ${ppid} ${group} ${session} ${tty} ${foreground} ${'0 '.repeat(13)}${pid} ${'0 '.repeat(29)}0\n`

const PTS = (number: number): number => 136 * 256 + number

describe('the front', () => {
  const shell = stat(20, 'bash', 10, 20, 20, PTS(3), 30)
  const sudo = stat(30, 'sudo', 20, 30, 20, PTS(3), 30)
  const monitor = stat(31, 'sudo', 30, 31, 31, PTS(4), 32)
  const inner = stat(32, 'bash', 31, 32, 31, PTS(4), 32)
  const frontAt = (text: string, parent = 10) => frontOf(parseProcesses(text), parent)

  it.each<[string, string, Partial<Front> | null]>([
    ['nothing', '', null],
    ['a session without a terminal', stat(20, 'sh', 10, 20, 20, 0, -1), null],
    ["somebody else's session", stat(20, 'sh', 11, 20, 20, PTS(1), 20), null],
    ['a console', stat(20, 'sh', 10, 20, 20, 4 * 256 + 1, 20), null],
    ['no group in front', stat(20, 'sh', 10, 20, 20, PTS(1), -1), null],
    ['a session that has ended', stat(20, 'sh', 10, 20, 20, PTS(1), 20, 'Z'), null],
    ['members that cannot be seen', shell, { group: 30, members: [], loginPid: 20 }],
    ['sudo without a terminal of its own', shell + sudo, { tty: '/dev/pts/3', group: 30, descended: false }],
    [
      'sudo with one',
      shell + sudo + monitor + inner,
      { tty: '/dev/pts/4', group: 32, loginPid: 20, descended: true },
    ],
    [
      'expect, whose child is not in front',
      shell + (sudo + monitor + inner).replaceAll('sudo', 'expect'),
      { group: 30 },
    ],
    [
      'a terminal of a high number',
      stat(20, 'sh', 10, 20, 20, 136 * 256 + (300 & 255) + (256 << 12), 20),
      { tty: '/dev/pts/300' },
    ],
    [
      'the older of two',
      stat(25, 'sh', 10, 25, 25, PTS(2), 25) + stat(24, 'sh', 10, 24, 24, PTS(1), 24),
      { loginPid: 24 },
    ],
  ])('%s', (_what, text, expected) => {
    const front = frontAt(text)
    if (expected === null) expect(front).toBeNull()
    else expect(front).toMatchObject(expected)
  })

  it('is looked for above a forced command, and never above the server', () => {
    const wrapper = stat(12, 'bash', 10, 12, 12, 0, -1)
    const server = (name: string): string => stat(10, name, 9, 10, 10, 0, -1)
    expect(frontAt(shell + wrapper + server('sshd'), 12)).toMatchObject({ loginPid: 20 })
    const theirs = stat(40, 'bash', 9, 40, 40, PTS(9), 40)
    expect(frontAt(theirs + wrapper + server('sshd-session'), 12)).toBeNull()
    expect(frontAt(stat(40, 'bash', 1, 40, 40, PTS(9), 40) + stat(10, 'x', 1, 10, 10, 0, -1))).toBeNull()
  })

  it('is not more than eight members, the leader among them', () => {
    const make = stat(30, 'make', 20, 30, 20, PTS(3), 30)
    const jobs = Array.from({ length: 20 }, (_, at) => stat(40 + at, 'cc1', 30, 30, 20, PTS(3), 30)).join('')
    const members = frontAt(shell + jobs + make)?.members.map(({ pid }) => pid)
    expect(members).toEqual([30, 59, 58, 57, 56, 55, 54, 53])
  })

  it('does not follow parents in a circle', () => {
    const circle = stat(30, 'sudo', 31, 30, 20, PTS(3), 30) + stat(31, 'sudo', 30, 30, 20, PTS(3), 30)
    expect(frontAt(shell + circle)).toMatchObject({ group: 30, descended: false })
  })

  it('is asked for, and interrupted, by numbers alone', () => {
    const front = frontIn(recorded('a program with an evil name'))
    expect(detailScript(front)).not.toContain('(b)')
    expect(interruptScript(front, 'QUIT')).toMatch(/ kill -QUIT -(\d+) && echo sent$/)
    expect(front.group).toBeGreaterThan(1)
  })
})
