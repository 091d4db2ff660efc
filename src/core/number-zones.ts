// Where a number is from: the clocks that its owner can have, by its prefix. The tables are the numbering plans as the
// regulators publish them (ACMA, Ofcom, NANPA); decision 0045 names the sources.

import { type Country, US_STATES, type ZoneSet, zonesNamed } from './legal-zones.ts'

export interface NumberOrigin {
  country: Country
  /** 0: the number has no geography, as a mobile in Australia. */
  zones: ZoneSet
  /** The digits that tell: '+61 8'. */
  prefix: string
}

/** Undefined: a number of a country without rules. */
export function numberOrigin(phone: number): NumberOrigin | undefined {
  const digits = String(phone)
  if (digits.startsWith('61')) return australian(digits)
  if (digits.startsWith('44')) return { country: 'GB', zones: LONDON, prefix: '+44' }
  return digits.startsWith('1') && digits.length === 11 ? american(digits) : undefined
}

const LONDON = zonesNamed('London')

/** The longest prefix after 61 counts. Numbers of the islands in the Indian Ocean say nothing of the mainland. */
const AUSTRALIA: Record<string, ZoneSet> = {
  2: zonesNamed('Sydney'),
  26563: zonesNamed('Lord Howe Island'),
  3: zonesNamed('Sydney'),
  7: zonesNamed('Brisbane'),
  // Tweed Heads, in New South Wales.
  755: zonesNamed('Brisbane', 'Sydney'),
  8: zonesNamed('Adelaide', 'Darwin', 'Perth'),
  86: zonesNamed('Perth'),
  87: zonesNamed('Adelaide'),
  879: zonesNamed('Darwin'),
  // Broken Hill.
  880: zonesNamed('Adelaide', 'Sydney'),
  881: zonesNamed('Adelaide'),
  882: zonesNamed('Adelaide'),
  883: zonesNamed('Adelaide'),
  884: zonesNamed('Adelaide'),
  885: zonesNamed('Adelaide'),
  886: zonesNamed('Adelaide'),
  887: zonesNamed('Adelaide'),
  888: zonesNamed('Adelaide'),
  889: zonesNamed('Darwin'),
  89: zonesNamed('Perth'),
  89039: zonesNamed('Perth', 'Eucla'),
  89162: 0,
  89164: 0,
}

function australian(digits: string): NumberOrigin {
  for (let length = 5; length > 0; length--) {
    const zones = AUSTRALIA[digits.slice(2, 2 + length)]
    if (zones === undefined) continue
    const prefix = ['+61', digits[2], digits.slice(3, 2 + length)].join(' ').trim()
    return { country: 'AU', zones, prefix }
  }
  return { country: 'AU', zones: 0, prefix: `+61 ${digits[2] ?? ''}` }
}

/** The area codes of the states. */
const AREA_CODES: Record<keyof typeof US_STATES, string> = {
  AL: '205 251 256 334 659 938',
  AK: '907',
  AZ: '480 520 602 623 928',
  AR: '327 479 501 870',
  CA: `209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747
    760 805 818 820 831 837 840 858 909 916 925 949 951`,
  CO: '303 719 720 748 970 983',
  CT: '203 475 860 959',
  DC: '202 771',
  DE: '302',
  FL: '239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954',
  GA: '229 404 470 478 678 706 762 770 912 943',
  HI: '808',
  ID: '208 986',
  IL: '217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872',
  IN: '219 260 317 463 574 765 812 930',
  IA: '319 515 563 641 712',
  KS: '316 620 785 913',
  KY: '270 364 502 606 859',
  LA: '225 318 337 457 504 985',
  ME: '207',
  MD: '227 240 301 410 443 667',
  MA: '339 351 413 508 617 774 781 857 978',
  MI: '231 248 269 313 517 586 616 679 734 810 906 947 989',
  MN: '218 320 507 612 651 763 924 952',
  MS: '228 471 601 662 769',
  MO: '235 314 417 557 573 636 660 816 975',
  MT: '406',
  NE: '308 402 531',
  NV: '702 725 775',
  NH: '603',
  NJ: '201 551 609 640 732 848 856 862 908 973',
  NM: '505 575',
  NY: '212 315 329 332 347 363 516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934',
  NC: '252 336 472 704 743 828 910 919 980 984',
  ND: '701',
  OH: '216 220 234 283 326 330 380 419 436 440 513 567 614 740 937',
  OK: '405 539 572 580 918',
  OR: '458 503 541 971',
  PA: '215 223 267 272 412 445 484 570 582 610 717 724 814 835 878',
  RI: '401',
  SC: '803 821 839 843 854 864',
  SD: '605',
  TN: '423 615 629 731 865 901 931',
  TX: `210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 830 832 903 915 936 940 945 956 972
    979`,
  UT: '385 435 801',
  VT: '802',
  VA: '276 434 540 571 686 703 757 804 826 948',
  WA: '206 253 360 425 509 564',
  WV: '304 681',
  WI: '262 274 353 414 534 608 715 920',
  WY: '307',
  PR: '787 939',
  VI: '340',
  GU: '671',
  MP: '670',
  AS: '684',
}

/** Codes that lie in one zone of a state that has two. */
const OF_ONE_ZONE: Record<string, ZoneSet> = {
  ...each('480 520 602 623', zonesNamed('Phoenix')),
  ...each(
    '239 305 321 324 352 386 407 561 645 656 689 727 728 754 772 786 813 863 904 941 954',
    zonesNamed('Miami'),
  ),
  ...each('260 317 463', zonesNamed('New York')),
  ...each('316 913', zonesNamed('Chicago')),
  ...each('502 859', zonesNamed('New York')),
  ...each('231 248 269 313 517 586 616 679 734 810 947 989', zonesNamed('New York')),
  ...each('531', zonesNamed('Chicago')),
  ...each('702 725', zonesNamed('Los Angeles')),
  ...each('503 971', zonesNamed('Los Angeles')),
  ...each('865', zonesNamed('New York')),
  ...each('615 629 731 901', zonesNamed('Chicago')),
  ...each(
    '210 214 254 281 325 346 361 409 430 469 512 621 682 713 726 737 806 817 830 832 903 936 940 945 956 972 979',
    zonesNamed('Houston'),
  ),
}

/** Of the plan that the USA share: Canada, the Caribbean, and what Canada keeps for services. */
const ABROAD = new Set(
  list(`204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 460 468 474 506
    514 519 537 548 568 579 581 584 587 600 604 613 622 633 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873
    879 902 905 942
    242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876`),
)

function list(codes: string): string[] {
  return codes.split(/\s+/)
}

function each(codes: string, zones: ZoneSet): Record<string, ZoneSet> {
  return Object.fromEntries(list(codes).map((code) => [code, zones]))
}

const AMERICA = new Map<string, ZoneSet>([
  ...Object.entries(AREA_CODES).flatMap(([state, codes]) =>
    list(codes).map((code): [string, ZoneSet] => [code, US_STATES[state]!]),
  ),
  ...Object.entries(OF_ONE_ZONE),
])

/** A code that is in no list is a free-phone one, or so new that it may be anywhere in the USA. */
function american(digits: string): NumberOrigin | undefined {
  const code = digits.slice(1, 4)
  if (ABROAD.has(code)) return undefined
  return { country: 'US', zones: AMERICA.get(code) ?? 0, prefix: `+1 ${code}` }
}
